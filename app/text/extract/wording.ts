/**
 * Tells by its words how well a sentence stands alone, in the interface languages: what it begins with, and whether it
 * belongs to the page's furniture (cookie notices, bylines, captions, offers to subscribe). Pure.
 */
import { fold } from '../fold.ts';

/** First words that refer to the sentence before: pronouns, demonstratives, connectives. Folded. */
const OPENERS: ReadonlySet<string> = new Set(
  `he she they it this that these those his her their its such but and or nor so also however moreover furthermore
  therefore thus then yet instead still meanwhile nevertheless nonetheless besides hence otherwise similarly likewise
  because again finally there here indeed consequently additionally alternatively actually yes no well note
  er sie es dies diese dieser dieses diesem diesen jener aber doch und oder denn also deshalb daher darum deswegen
  außerdem ausserdem zudem jedoch dennoch trotzdem dabei dadurch damit dazu danach dann so auch allerdings hingegen stattdessen
  dort hier seine seinen ihre ihren solche ferner schließlich schliesslich nun
  il elle ils elles ce cet cette ces c cela ca celui celle ceux mais et ou donc car ainsi cependant toutefois pourtant
  neanmoins ensuite puis alors aussi enfin son sa ses leur leurs
  ella ellos ellas esto esta este estos estas ese esa eso esos esas aquello pero y e o sino asi entonces luego tambien
  ademas su sus alli ahi
  هو هي هم هذا هذه ذلك تلك هولاء لكن ولكن كما وقد وهو وهي وهم وهذا وهذه لذلك ولذلك ثم ايضا فان بينما حيث وكان وكانت كذلك
  وذلك`.split(/\s+/),
);
/** The same of several words, or in scripts without spaces. Folded: が is か. */
const OPENING_PHRASE = new RegExp(
  `^(?:${[
    'in addition|for (?:example|instance)|as a result|on the (?:other|one) hand|in other words|at the same time|of course',
    'zum beispiel|im gegensatz dazu|auf der anderen seite|das (?:ist|war|sind|hat|wird|macht|bedeutet|heißt|heisst)\\b',
    'en effet|par (?:exemple|ailleurs|contre|consequent)|de plus|en revanche|c.est',
    'sin embargo|no obstante|por (?:eso|ello|lo tanto|ejemplo|otra parte)|en cambio|de hecho',
    'それ|これ|その|この|そこ|ここ|そう|こう|あれ|あの|彼|しかし|そして|また[、,]|たか[、,]|ても[、,]|なお[、,]|たたし|ところか|さらに|したかって|つまり|例えは|たとえは|一方|ては[、,]|同(?:社|氏|紙)',
    '[他她它]|这|這|那|此|其|该|該|但|而|然而|不过|不過|因此|所以|于是|於是|另外|同时|同時|例如|比如|并且|然后|然後|接着',
  ].join('|')})`,
  'u',
);

/** "This year" and the like refer to no sentence. */
const TEMPORAL =
  /^(?:this|these|dieses?|diese[nr]|cet?|cette|ces|est[aeo]s?)[ ’'](?:year|month|week|weekend|morning|evening|summer|winter|spring|autumn|jahr|monat|woche|annee|mois|semaine|matin|soir|ano|mes|semana|noche|verano)/u;
/** The writer speaks of themselves. */
const FIRST_PERSON = /^(?:i|ich|je|j|yo|me|my|mein|mon|ma|mi)\b|^(?:私|僕|わたし|我(?!们|們)|انا )/u;
/** Who made a picture; such a line is its caption. */
const CREDIT =
  /\((?:[^()]{2,40}\/[^()]{2,60}|(?:ap|afp|reuters|dpa|epa)\b[^()]*|(?:photo|foto|bild|image|picture|cr[eé]dit|写真|图)[^()]*)\)|\b(?:getty|credit|shutterstock|reuters|afp|pixabay|unsplash|flickr)\b|(?:photo|foto|photograph|image|picture|illustration)s? (?:by|from|von|de)\b/iu;
/** Longest caption, in characters, and longest one that ends with who made the picture. */
const LONGEST_CAPTION = 320;
const LONGEST_CREDITED = 800;
/** What stands after the last sentence of a line; a caption has its credit there. */
const TAIL = /[.!?。！？]["'”’»」』)]*\s+([^.!?。！？]{2,100})$/u;

/** Phrases of the page's furniture. Folded. */
const FURNITURE = new RegExp(
  [
    '\\bcookies?\\b.*(?:use|accept|consent|browser|site)|newsletter|subscri(?:be|ption) |sign(?:ed)? up|log ?in\\b|all rights reserved|copyright|©',
    'terms of (?:use|service)|privacy policy|advertisement|(?:read|see|find out|learn) more\\b|click (?:here|on|the)|follow (?:us|me|him|her)\\b|share this',
    '(?:photo|image|picture|illustration|video)s?(?: (?:by|credit|courtesy)|:)|getty images|updated? (?:on|at)\\b|originally (?:published|appeared)|contributed (?:to|reporting)|is a (?:freelance|contributing|staff) ',
    'abonnieren|jetzt anmelden|datenschutzerkl|alle rechte vorbehalten|\\banzeige\\b|(?:foto|bild|quelle)s?:|(?:lesen|sehen) sie (?:auch|hier)|mehr (?:zum thema|lesen)',
    'abonnez|inscrivez-vous|tous droits reserves|publicite|credits? photo|lire (?:aussi|egalement)|politique de confidentialite',
    'suscri(?:be|pcion)|registrate|todos los derechos reservados|publicidad|leer mas|(?:lea|lee) (?:tambien|mas)|politica de privacidad',
    'クッキー|メールマカシン|ロクイン|無断転載|続きを読む|写真[:=提]|出典[:]',
    '订阅|訂閱|登录|登錄|注册|版权所有|版權所有|图片来源|圖片來源|点击|點擊|责任编辑|編輯[:]|编辑[:]',
    'اشترك|النشرة البريدية|تسجيل الدخول|جميع الحقوق محفوظة|اقرا ايضا|ملفات تعريف الارتباط',
  ].join('|'),
  'u',
);

/** `By Ann Lee`, `Von Ann Lee`, `Par Ann Lee | 3 May`: at most a few words, most of them names. */
const BYLINE = /^(?:by|von|par|por|文|作者|بقلم)[ :：]\s*\p{Lu}[^.]{0,60}$/iu;

/** Whether a sentence begins with a word that refers to the one before. */
export function refersBack(sentence: string): boolean {
  const folded = beginning(sentence);
  if (TEMPORAL.test(folded)) return false;
  return OPENERS.has(/^\p{L}+/u.exec(folded)?.[0] ?? '') || OPENING_PHRASE.test(folded);
}

const beginning = (sentence: string): string => fold(sentence).replace(/^[^\p{L}\p{N}]+/u, '');

export const isFirstPerson = (sentence: string): boolean => FIRST_PERSON.test(beginning(sentence));

/** Whether a line says who made a picture. */
export const isCaption = (line: string): boolean => line.length <= LONGEST_CAPTION && CREDIT.test(line);

/**
 * Whether a longer line ends with who made a picture. Its first words say what is seen, most often without a verb; the
 * sentences after them are those of the article.
 */
export function isLongCaption(line: string): boolean {
  const tail =
    line.length > LONGEST_CAPTION && line.length <= LONGEST_CREDITED ? TAIL.exec(line)?.[1] : undefined;
  return tail !== undefined && CREDIT.test(tail);
}

/** Whether a sentence is about the page or its site rather than about its subject. */
export const isFurniture = (sentence: string): boolean =>
  FURNITURE.test(fold(sentence)) || BYLINE.test(sentence);
