import { expect, test } from 'vitest';
import { type ModelAddress, parseAddress } from './model-address.ts';

const HUB = 'https://huggingface.co';
const MAIN = `${HUB}/org/Name-1B/resolve/main/`;
const SHA = '0123456789abcdef0123456789abcdef01234567';

/** Base address, and file or quantisation. */
const brief = ({ base, file, quantisation }: ModelAddress) =>
  [base, file ?? quantisation].filter((part) => part !== undefined).join(' ');

test.each([
  // A repository by its name
  ['org/Name-1B', MAIN],
  ['  org/Name-1B\n', MAIN],
  ['org/Name-1B/', MAIN],
  ['org/Name-1B@v2', `${HUB}/org/Name-1B/resolve/v2/`],
  ['org/Name-1B@feature/x', `${HUB}/org/Name-1B/resolve/feature%2Fx/`],
  ['org/Name-1B@refs/pr/3', `${HUB}/org/Name-1B/resolve/refs%2Fpr%2F3/`],
  [`org/Name-1B@${SHA}`, `${HUB}/org/Name-1B/resolve/${SHA}/`],
  ['org/Name-1B:Q4_K_M', `${MAIN} Q4_K_M`],
  ['org/Name-1B:latest', MAIN],
  ['org/Name-1B:Name-1B-IQ3_M.gguf', `${MAIN} Name-1B-IQ3_M.gguf`],
  ['org/Name-1B@v2:q8_0', `${HUB}/org/Name-1B/resolve/v2/ q8_0`],
  ['org/Name-1B/x.gguf', `${MAIN} x.gguf`],
  ['org/Name-1B/sub/x.gguf', `${MAIN}sub/ x.gguf`],
  ['org/Name-1B/sub', `${MAIN}sub/`],
  ['o.r-g/Na.me_1.5-B', `${HUB}/o.r-g/Na.me_1.5-B/resolve/main/`],
  ['"org/Name-1B"', MAIN],
  ['`org/Name-1B`', MAIN],
  ['org/Name-1B.', MAIN],
  ['\u200borg/Name-1B\u200b', MAIN],
  ['hf:org/Name-1B', MAIN],
  ['hf://org/Name-1B@v2', `${HUB}/org/Name-1B/resolve/v2/`],
  // The hub without a scheme
  ['hf.co/org/Name-1B', MAIN],
  ['hf.co/org/Name-1B:Q4_K_M', `${MAIN} Q4_K_M`],
  ['hf.co/org/Name-1B:latest', MAIN],
  ['huggingface.co/org/Name-1B', MAIN],
  ['huggingface.co/org/Name-1B:IQ4_XS', `${MAIN} IQ4_XS`],
  ['www.huggingface.co/org/Name-1B/', MAIN],
  ['HuggingFace.co/org/Name-1B', MAIN],
  ['hf.co/org/Name-1B@v2', `${HUB}/org/Name-1B/resolve/v2/`],
  ['hf.co/org/Name-1B/x.gguf', `${MAIN} x.gguf`],
  // Pages
  [`${HUB}/org/Name-1B`, MAIN],
  [`http://huggingface.co/org/Name-1B`, MAIN],
  [`${HUB}/org/Name-1B/`, MAIN],
  [`${HUB}/org/Name-1B?library=transformers`, MAIN],
  [`${HUB}/org/Name-1B#usage`, MAIN],
  [`${HUB}/org/Name-1B?local-app=ollama#x`, MAIN],
  [`${HUB}/org/Name-1B.git`, MAIN],
  [`${HUB}/org/Name-1B/tree/main`, MAIN],
  [`${HUB}/org/Name-1B/tree/dev`, `${HUB}/org/Name-1B/resolve/dev/`],
  [`${HUB}/org/Name-1B/tree/main/sub`, `${MAIN}sub/`],
  [`${HUB}/org/Name-1B/tree/main/sub/deep/`, `${MAIN}sub/deep/`],
  [`${HUB}/org/Name-1B/tree/main/a%20b`, `${MAIN}a%20b/`],
  [`${HUB}/org/Name-1B/tree/feature%2Fx`, `${HUB}/org/Name-1B/resolve/feature%2Fx/`],
  [`${HUB}/org/Name-1B/tree/feature%2Fx/sub`, `${HUB}/org/Name-1B/resolve/feature%2Fx/sub/`],
  [`${HUB}/org/Name-1B/tree/refs%2Fpr%2F1`, `${HUB}/org/Name-1B/resolve/refs%2Fpr%2F1/`],
  [`${HUB}/org/Name-1B/tree/refs/pr/1/sub`, `${HUB}/org/Name-1B/resolve/refs%2Fpr%2F1/sub/`],
  [`${HUB}/org/Name-1B/commit/${SHA}`, `${HUB}/org/Name-1B/resolve/${SHA}/`],
  [`${HUB}/org/Name-1B/commits/dev`, `${HUB}/org/Name-1B/resolve/dev/`],
  [`${HUB}/org/Name-1B/discussions/3`, MAIN],
  [`${HUB}/org/Name-1B/tree/main?show_file_info=x.gguf`, `${MAIN} x.gguf`],
  [`${HUB}/org/Name-1B?show_file_info=sub%2Fx.gguf`, `${MAIN}sub/ x.gguf`],
  [`${HUB}/api/models/org/Name-1B`, MAIN],
  [`${HUB}/api/models/org/Name-1B/tree/dev`, `${HUB}/org/Name-1B/resolve/dev/`],
  [`${HUB}/api/resolve-cache/models/org/Name-1B/${SHA}/x.gguf`, `${HUB}/org/Name-1B/resolve/${SHA}/ x.gguf`],
  // Files
  [`${HUB}/org/Name-1B/blob/main/x.gguf`, `${MAIN} x.gguf`],
  [`${HUB}/org/Name-1B/resolve/main/x.gguf?download=true`, `${MAIN} x.gguf`],
  [`${HUB}/org/Name-1B/resolve/v1/sub/X.GGUF`, `${HUB}/org/Name-1B/resolve/v1/sub/ X.GGUF`],
  [`hf.co/org/Name-1B/blob/main/x.gguf`, `${MAIN} x.gguf`],
  [`${HUB}/org/Name-1B/blob/main/config.json`, MAIN],
  [`${HUB}/org/Name-1B/raw/main/config.json`, MAIN],
  [`${HUB}/org/Name-1B/resolve/main/model.safetensors?download=true`, MAIN],
  [`${HUB}/org/Name-1B/blob/main/sub/model-00001-of-00002.safetensors`, `${MAIN}sub/`],
  // Command lines and copies from elsewhere
  ['ollama run hf.co/org/Name-1B:Q4_K_M', `${MAIN} Q4_K_M`],
  ['ollama pull huggingface.co/org/Name-1B', MAIN],
  ['$ ollama run hf.co/org/Name-1B --verbose', MAIN],
  ['llama-cli -hf org/Name-1B:Q8_0 -p "Hi there"', `${MAIN} Q8_0`],
  ['llama-server --hf-repo org/Name-1B --hf-file x.gguf -c 2048', `${MAIN} x.gguf`],
  ['./llama-server -hf org/Name-1B', MAIN],
  ['huggingface-cli download org/Name-1B x.gguf --local-dir ./a/b', `${MAIN} x.gguf`],
  ['hf download org/Name-1B --revision v2', `${HUB}/org/Name-1B/resolve/v2/`],
  ['hf download --local-dir a/b org/Name-1B', MAIN],
  ['hf download org/Name-1B --include "*Q4*.gguf"', MAIN],
  [`git clone ${HUB}/org/Name-1B`, MAIN],
  [`git clone -b dev ${HUB}/org/Name-1B.git`, `${HUB}/org/Name-1B/resolve/dev/`],
  [`wget -c ${HUB}/org/Name-1B/resolve/main/x.gguf`, `${MAIN} x.gguf`],
  [`curl -L -o x.gguf "${HUB}/org/Name-1B/resolve/main/x.gguf?download=true"`, `${MAIN} x.gguf`],
  ['vllm serve org/Name-1B', MAIN],
  ['vllm serve "org/Name-1B" --revision=v2', `${HUB}/org/Name-1B/resolve/v2/`],
  [`wget -O models/x.gguf ${HUB}/org/Name-1B/resolve/main/x.gguf`, `${MAIN} x.gguf`],
  [`curl -O ${HUB}/org/Name-1B/resolve/main/x.gguf`, `${MAIN} x.gguf`],
  ['python3 -m sglang.launch_server org/Name-1B', MAIN],
  ['python3 -m mlx_lm.convert --hf-path org/Name-1B', MAIN],
  ['python -m mlx_lm.generate --model org/Name-1B --prompt hi', MAIN],
  ['docker model run hf.co/org/Name-1B', MAIN],
  ['AutoModelForCausalLM.from_pretrained("org/Name-1B", revision="v2")', `${HUB}/org/Name-1B/resolve/v2/`],
  [`[Name 1B](${HUB}/org/Name-1B)`, MAIN],
  [`<${HUB}/org/Name-1B>`, MAIN],
  // Other hubs
  ['https://modelscope.cn/models/org/Name-1B', 'https://modelscope.cn/models/org/Name-1B/resolve/master/'],
  ['modelscope.cn/models/org/Name-1B/summary', 'https://modelscope.cn/models/org/Name-1B/resolve/master/'],
  [
    'https://www.modelscope.cn/models/org/Name-1B/files',
    'https://modelscope.cn/models/org/Name-1B/resolve/master/',
  ],
  [
    'https://modelscope.cn/models/org/Name-1B/file/view/master/x.gguf?status=2',
    'https://modelscope.cn/models/org/Name-1B/resolve/master/ x.gguf',
  ],
  [
    'https://modelscope.cn/models/org/Name-1B/resolve/v1/sub/x.gguf',
    'https://modelscope.cn/models/org/Name-1B/resolve/v1/sub/ x.gguf',
  ],
  [
    'https://modelscope.cn/api/v1/models/org/Name-1B/repo?Revision=master&FilePath=x.gguf',
    'https://modelscope.cn/models/org/Name-1B/resolve/master/ x.gguf',
  ],
  [
    'git clone https://www.modelscope.cn/org/Name-1B.git',
    'https://modelscope.cn/models/org/Name-1B/resolve/master/',
  ],
  ['https://hf-mirror.com/org/Name-1B/tree/main/sub', 'https://hf-mirror.com/org/Name-1B/resolve/main/sub/'],
  ['hf-mirror.com/org/Name-1B', 'https://hf-mirror.com/org/Name-1B/resolve/main/'],
  // Other servers
  ['http://localhost:8080/m', 'http://localhost:8080/m/'],
  ['localhost:8080/m', 'http://localhost:8080/m/'],
  ['127.0.0.1:8080/m/', 'http://127.0.0.1:8080/m/'],
  ['[::1]:8080/m/', 'http://[::1]:8080/m/'],
  ['models.example.org/a/m', 'https://models.example.org/a/m/'],
  ['https://h.example/a/x.gguf?download=true', 'https://h.example/a/ x.gguf'],
  ['h.example/a/x.gguf', 'https://h.example/a/ x.gguf'],
  ['https://h.example/m/config.json', 'https://h.example/m/'],
  ['http://127.0.0.1:9/org/model/resolve/main/', 'http://127.0.0.1:9/org/model/resolve/main/'],
  ['http://127.0.0.1:9/org/model/tree/dev/sub', 'http://127.0.0.1:9/org/model/resolve/dev/sub/'],
  ['http://127.0.0.1:9/org/model/blob/main/x.gguf', 'http://127.0.0.1:9/org/model/resolve/main/ x.gguf'],
])('%s', (text, expected) => {
  expect(brief(parseAddress(text))).toBe(expected);
});

test.each([
  '',
  'name',
  'llama3.2',
  'ollama run llama3.2:1b',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'ftp://h.example/m/',
  'data:text/plain,x',
  'a b/c',
  '../x/y',
  '/home/me/model',
  'C:\\models\\x.gguf',
  'x.gguf',
  'https://huggingface.co/',
  'https://huggingface.co/org',
  'https://huggingface.co/datasets/org/name',
  'hf.co/spaces/org/name',
  'https://huggingface.co/models?search=qwen',
  'https://huggingface.co/docs/hub/ollama',
  'https://huggingface.co/collections/org/x-1',
  'https://modelscope.cn/datasets/org/name',
])('refuses %s', (text) => {
  expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'request-invalid' }));
});

test('another revision replaces that of the address', () => {
  const base = (text: string) => parseAddress(text, { revision: 'v9' }).base;
  const v9 = `${HUB}/org/Name-1B/resolve/v9/`;
  expect(base('org/Name-1B')).toBe(v9);
  expect(base('org/Name-1B@v2')).toBe(v9);
  expect(base(`${HUB}/org/Name-1B/tree/main/sub`)).toBe(`${v9}sub/`);
  expect(base(`${HUB}/org/Name-1B/blob/main/x.gguf`)).toBe(v9);
  expect(parseAddress(`${HUB}/org/Name-1B/tree/feature/x/sub`, { revision: 'feature/x' }).base).toBe(
    `${HUB}/org/Name-1B/resolve/feature%2Fx/sub/`,
  );
});

test('says where the end of a branch is not known', () => {
  const undecided = (text: string) => parseAddress(text).repository?.undecided;
  expect(undecided(`${HUB}/org/Name-1B/tree/feature/x/sub`)).toBe('feature/x/sub');
  expect(undecided(`${HUB}/org/Name-1B/blob/feature/x/m.gguf`)).toBe('feature/x/m.gguf');
  for (const clear of ['tree/main/sub', 'tree/dev', 'blob/v1/m.gguf', `tree/${SHA}/sub`, 'tree/a%2Fb/sub'])
    expect(undecided(`${HUB}/org/Name-1B/${clear}`), clear).toBeUndefined();
});

test('keeps neither a password nor a fragment of an address, and the query only of a file', () => {
  expect(parseAddress('https://me:secret@h.example/m/?a=1#b').base).toBe('https://h.example/m/');
  expect(parseAddress('https://h.example/m/x.gguf?sig=1#b')).toMatchObject({
    file: 'x.gguf',
    query: '?sig=1',
  });
});

test('names a model after its repository, its folder or its file', () => {
  expect(parseAddress('org/Name-1B').name).toBe('org/Name-1B');
  expect(parseAddress('org/Name-1B/sub').name).toBe('sub');
  expect(parseAddress('org/Name-1B/sub/x-Q4_0.gguf').name).toBe('x-Q4_0');
  expect(parseAddress('http://localhost:8080/m').name).toBe('m');
});
