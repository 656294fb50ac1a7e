// Where the workspace has what stages of a chunked scan pass on: results as [row, head, column], then a piece for each
// head of a chunk. Part: shared (scan/).
const CHUNK: u32 = 32u;
const PIECE: u32 = CHUNK * CHUNK * 2u + CHUNK * 4u;

// The matrix that solves for the values of a chunk, then the matrix that reads them, then four numbers of each row: the
// decay since the chunk began, that until its end, and the factors of k and of q.
fn piece_start(head: u32, chunk: u32) -> u32 {
  return params.rows * params.heads * params.head_width + (chunk * params.heads + head) * PIECE;
}
