/** Imports a checkpoint, from an address or from picked files, and streams answers. Models stay on this device. */
import {
  folderFromFiles,
  httpFolder,
  importModel,
  listModels,
  loadModel,
  openGpu,
  openStore,
  opfsStorage,
} from 'transformer-lite-webgpu';

const byId = (id) => document.getElementById(id);
const [address, folder, progress, status] = ['address', 'folder', 'progress', 'status'].map(byId);
const [form, question, answer] = ['ask', 'question', 'answer'].map(byId);
const store = openStore(await opfsStorage('example-models'));
let model;

function onProgress({ phase, done, total }) {
  progress.value = total > 0 ? done / total : 0;
  status.value = phase;
}

async function load(id) {
  model?.dispose();
  model = await loadModel(store, id, await openGpu(navigator.gpu), {}, { onProgress });
  status.value = `${model.facts.model.name} on ${model.facts.adapter.name}`;
  form.querySelector('button').disabled = false;
}

async function importFrom(checkpoint) {
  const { id } = await importModel(checkpoint, store, {}, { onProgress });
  await load(id);
}

/** An error of the engine has a code and says who failed, what was expected and what was found. */
const shown = (work) => work.catch((error) => (status.value = `${error.code ?? 'error'}: ${error.message}`));

byId('fetch').onclick = () => shown(importFrom(httpFolder(address.value)));
folder.onchange = () => {
  const files = [...folder.files].map((file) => ({ path: file.webkitRelativePath, file }));
  shown(importFrom(folderFromFiles(files)));
};
form.onsubmit = (event) => {
  event.preventDefault();
  answer.textContent = '';
  const prompt = { kind: 'messages', messages: [{ role: 'user', content: question.value }] };
  const onEvent = (each) => each.kind === 'token' && answer.append(each.text);
  shown(model.generate({ prompt, maxTokens: 200 }, { onEvent }));
};

const [stored] = await listModels(store);
if (stored !== undefined) await shown(load(stored.id));
