/** No file imports itself through others, types included: the files of a cycle can only be understood together. */
import type { Breach, House } from './source.ts';
import { importTarget, isCode, lineAt, parseSource } from './source.ts';

interface Edge {
  readonly to: string;
  readonly line: number;
}

type Graph = ReadonlyMap<string, readonly Edge[]>;

export function checkCycles(house: House): Breach[] {
  const graph = importGraph(house);
  return components(graph)
    .filter((files) => files.length > 1 || selfImport(graph, files[0]!))
    .map((files) => breachOf(graph, files));
}

function importGraph(house: House): Graph {
  const graph = new Map<string, Edge[]>();
  for (const [file, text] of house) {
    if (!isCode(file)) continue;
    const edges: Edge[] = [];
    for (const { from, start } of parseSource(file, text).imports) {
      const to = importTarget(file, from);
      if (from.startsWith('.') && isCode(to) && house.has(to)) edges.push({ to, line: lineAt(text, start) });
    }
    graph.set(file, edges);
  }
  return graph;
}

const edgesOf = (graph: Graph, file: string): readonly Edge[] => graph.get(file) ?? [];

const selfImport = (graph: Graph, file: string) => edgesOf(graph, file).some(({ to }) => to === file);

/** Reports the shortest cycle through the first file of the component. */
function breachOf(graph: Graph, files: readonly string[]): Breach {
  const inside = new Set(files);
  const start = [...files].sort()[0]!;
  const cycle = shortestCycle(graph, start, inside);
  const more = files.length > cycle.length ? ` (${files.length} files are in cycles with each other)` : '';
  return {
    file: start,
    line: edgesOf(graph, start).find(({ to }) => to === (cycle[1] ?? start))?.line ?? 1,
    what: `import cycle: ${[...cycle, start].join(' → ')}${more}`,
    why: 'files that import each other can only be read, tested and moved together',
    instead: 'move what both need (often a type) to a file below both',
  };
}

function shortestCycle(graph: Graph, start: string, inside: ReadonlySet<string>): string[] {
  let paths: string[][] = [[start]];
  const seen = new Set<string>();
  while (paths.length > 0) {
    const next: string[][] = [];
    for (const path of paths) {
      for (const { to } of edgesOf(graph, path.at(-1)!)) {
        if (to === start) return path;
        if (!inside.has(to) || seen.has(to)) continue;
        seen.add(to);
        next.push([...path, to]);
      }
    }
    paths = next;
  }
  return [start];
}

/** The strongly connected components, by Tarjan's algorithm. */
function components(graph: Graph): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const found: string[][] = [];
  const visit = (file: string): number => {
    const own = index.size;
    index.set(file, own);
    low.set(file, own);
    stack.push(file);
    onStack.add(file);
    for (const { to } of edgesOf(graph, file)) {
      if (!index.has(to)) low.set(file, Math.min(low.get(file)!, visit(to)));
      else if (onStack.has(to)) low.set(file, Math.min(low.get(file)!, index.get(to)!));
    }
    if (low.get(file) === own) {
      const component = stack.splice(stack.indexOf(file));
      for (const member of component) onStack.delete(member);
      found.push(component);
    }
    return low.get(file)!;
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}
