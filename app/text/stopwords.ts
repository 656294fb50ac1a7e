/**
 * Stopwords of questions: articles, pronouns, question words, forms of "be" and "have", and words for the page itself
 * ("this article"), in the interface languages. In other languages, such words are ignored because most passages contain
 * them (bm25.ts). Pure.
 */
import { fold } from './fold.ts';

const WORDS = [
  `a about all also an and any are as at be been by can could did do does don doesn didn explain for from had has have
  he her here him his how i if in into is isn it its just list may me more most much my no not of on one or our out page
  part please read say says said she should site so some story summarise summarize summary tell text than that the their
  them then there these they this those to up us was wasn we were what when where which who whom whose why will with
  would article you your website`,
  `aber alle als am an auch auf aus bei bin bis bitte da das dass dem den der des die dies diese diesem diesen dieser
  dieses du ein eine einem einen einer eines er es erklare fur ging geht hat hatte haben ich ihm ihn ihr ihre im in ist
  ja kann kein keine man mehr mein mit nach nicht noch nur ob oder sagt sein seine seite sich sie sind so steht
  um und uns vom von vor wann war waren warum was welche welchem welchen welcher welches wem wen wenn wer werden wessen
  wie wieso wird wir wo woher wohin wozu wurde wurden worum zu zum zur zusammenfassung artikel uber`,
  `a ai as au aux avec c ce ces cet cette chez comme comment combien d dans de des dit donc du elle elles en es est et
  ete etait etre explique eu fait il ils j je l la le les leur leurs lui m ma mais me mes moi mon n ne nos notre nous on
  ont ou par parle pas plus pour pourquoi qu quand que quel quelle quelles quels qui quoi resume s sa se ses si son sont
  sur t ta te tes toi ton tu un une va vos votre vous y page texte article`,
  `a al algo como con cual cuales cuando cuanto cuantos cuanta cuantas de del dice donde dos el ella ellas ellos en entre
  era es esa ese eso esta estan este esto estos explica fue ha habla han hay la las le les lo los mas me mi muy no nos o
  para pero por porque que quien quienes resume resumen se ser si sin sobre son su sus tambien te tiene trata tu un una
  y ya pagina texto articulo`,
  `何 誰 記事 ページ 文章 内容 要約 説明 書 教え これ それ この その です ます ください いつ どこ なぜ どう どの どれ どんな について いくつ`,
  `的 了 吗 呢 吧 是 在 有 和 与 也 都 就 这 那 这个 那个 哪 哪个 哪里 什么 谁 怎么 怎样 为什么 关于 多少 几 多 请 篇 这篇
  我 你 您 他 她 它 们 被 把 对 从 到 说 讲 页 面 页面 网页 文章 内容 总结 概括 介绍`,
  `ما ماذا من متى اين كيف لماذا هل كم اي في على الى عن مع هذا هذه ذلك تلك هو هي هم كان كانت التي الذي ان او و لا لم لن قد
  تم يتم عند بعد قبل صفحة الصفحة نص النص مقال المقال ملخص لخص اشرح يقول تقول`,
];

const known = new Set(WORDS.flatMap((words) => words.split(/\s+/)).map(fold));
/** Single letters of alphabets; particles and endings of Japanese. */
const LITTLE = /^(?:[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]|[\p{Script=Hiragana}ー]{1,2})$/u;

/** `word` is folded (conversation-search.ts). */
export const isStopword = (word: string): boolean => LITTLE.test(word) || known.has(word);
