import { mkdtempSync } from 'node:fs';
import { chromium } from 'playwright/test';
const ext = '/work/wt-display/.output/chrome-mv3';
const ctx = await chromium.launchPersistentContext(mkdtempSync('/tmp/pics-profile-'), {
  executablePath: '/work/wt-display/.cache/lavapipe/chromium/chromium', headless: true, chromiumSandbox: false, ignoreDefaultArgs: ['--disable-extensions'],
  args: [`--disable-extensions-except=${ext}`, `--load-extension=${ext}`, '--enable-unsafe-webgpu'], viewport: { width: 900, height: 1500 } });
const sw = ctx.serviceWorkers()[0] ?? await ctx.waitForEvent('serviceworker');
const id = new URL(sw.url()).host;
const page = await ctx.newPage();
page.on('console', (m) => /violat|refused|error/i.test(m.text()) && console.log('console:', m.text()));
page.on('pageerror', (e) => console.log('pageerror', e.message));
await page.goto(`chrome-extension://${id}/chat.html`);
for (let i = 0; i < 60 && !(await page.evaluate(async () => (await indexedDB.databases()).some((d) => d.name === 'linnet' && d.version >= 3))); i++) await page.waitForTimeout(1000);
await page.waitForTimeout(2500);
const answers = {
 en: `The quadratic formula gives both roots of $ax^2 + bx + c = 0$:\n\n$$x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}$$\n\nIt costs $5 and $6, and \\(e^{i\\pi} + 1 = 0\\). A matrix:\n\n\\[\n\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix} \\int_0^\\infty e^{-x^2}\\,dx = \\frac{\\sqrt{\\pi}}{2}\n\\]\n\n## A table\n\n| Species | Length | Where it is found | Internationalisierungsbeispiel | Number |\n|---|--:|:-:|---|---|\n| Linnet | 13 cm | heath | Donaudampfschifffahrtsgesellschaft | 1 |\n| Wren | 9 cm | woods **everywhere** | x<br>y | 2 |\n\n## Tasks\n\n- [x] Buy milk\n- [ ] Read [the page](https://en.wikipedia.org/wiki/Common_linnet)\n  - [x] nested\n\n1. One\n2. Two\n   - inner\n\n> A quotation, with \`code\`.\n\n\`\`\`python title="a.py"\ndef linnet(a_long_name_of_a_parameter, another_long_name_of_a_parameter, and_one_more):\n    return 1\n\`\`\`\n\na<b and c>d, a <title>, <script>alert(1)</script>, [bank](https://evil.example) ![A wren](https://a.example/w.png) $\\frac{1}$\n\n---\n\n${'> '.repeat(30)}deep`,
 ar: `الصيغة التربيعية تعطي جذري المعادلة $ax^2 + bx + c = 0$:\n\n$$x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}$$\n\n## جدول\n\n| النوع | الطول | المكان |\n|---|--:|---|\n| حسون | 13 سم | المروج |\n\n- [x] شراء الحليب\n- [ ] قراءة [الصفحة](https://ar.wikipedia.org)\n\n1. واحد\n2. اثنان\n\n> اقتباس مع \`code\`.\n\n\`\`\`js\nconst a = 1;\n\`\`\`\n\na<b and c>d`,
};
await page.evaluate(async (answers) => {
  const db = await new Promise((r) => { const o = indexedDB.open('linnet'); o.onsuccess = () => r(o.result); });
  const now = Date.now();
  for (const [k, text] of Object.entries(answers)) {
    const tx = db.transaction(['jobs', 'conversations'], 'readwrite');
    tx.objectStore('jobs').put({ id: `j${k}`, kind: 'chat', request: { kind: 'chat', text: k === 'ar' ? 'ما هي الصيغة؟' : 'Show me everything.' }, progress: { phase: 'done' }, text, conversation: `c${k}`, tokens: 10, createdAt: now, updatedAt: now });
    tx.objectStore('conversations').put({ id: `c${k}`, title: `Answers ${k}`, jobs: [`j${k}`], createdAt: now, updatedAt: now });
    await new Promise((r) => { tx.oncomplete = r; });
  }
  db.close();
}, answers);
export { ctx, page, id };
const open = async (title) => { await page.reload(); await page.waitForTimeout(1500); const b = page.getByRole('button', { name: title }).first(); await b.click(); await page.waitForTimeout(2500); };
if (process.argv[2] === 'answers') {
  await open(/Answers en/);
  await page.screenshot({ path: '/tmp/pics/light.png' });
  await page.addStyleTag({ content: '.katex-html{display:none!important} .katex .katex-mathml{position:static!important;clip:auto!important;width:auto!important;height:auto!important}' });
  await page.screenshot({ path: '/tmp/pics/mathml.png' });
  await page.emulateMedia({ colorScheme: 'dark' });
  await open(/Answers en/);
  await page.screenshot({ path: '/tmp/pics/dark.png' });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 412, height: 915 });
  await page.screenshot({ path: '/tmp/pics/phone1.png' });
  await page.evaluate(() => { const s = document.querySelector('.scroller'); s.scrollTop = 700; });
  await page.screenshot({ path: '/tmp/pics/phone2.png' });
  await page.evaluate(() => { document.documentElement.dir = 'rtl'; document.documentElement.lang='ar'; });
  await page.evaluate(() => { const s = document.querySelector('.scroller'); s.scrollTop = 0; });
  await page.setViewportSize({ width: 900, height: 1100 });
  await open(/Answers ar/); await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
  await page.screenshot({ path: '/tmp/pics/rtl.png' });
  await ctx.close();
}
