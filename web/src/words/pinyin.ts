/** First letters of Chinese names as they are spelled: 新安路街道 is xaljd. By the browser's own order of characters. */

const order = new Intl.Collator("zh-Hans-CN-u-co-pinyin");
/** For each letter that a syllable begins with, the first character in the order by sound. */
const FIRST: readonly (readonly [string, string])[] = [
  ["a", "阿"], ["b", "八"], ["c", "嚓"], ["d", "哒"], ["e", "妸"], ["f", "发"], ["g", "旮"], ["h", "哈"], ["j", "讥"], ["k", "咔"],
  ["l", "垃"], ["m", "妈"], ["n", "拏"], ["o", "噢"], ["p", "妑"], ["q", "七"], ["r", "呥"], ["s", "扨"], ["t", "它"], ["w", "穵"],
  ["x", "夕"], ["y", "丫"], ["z", "帀"],
];
const known = new Map<string, string>();

function letterOf(character: string): string {
  if (!/\p{Script=Han}/u.test(character)) return /[a-z0-9]/i.test(character) ? character.toLowerCase() : "";
  let found = known.get(character);
  if (found === undefined) {
    found = [...FIRST].reverse().find(([, first]) => order.compare(first, character) <= 0)?.[0] ?? "a";
    known.set(character, found);
  }
  return found;
}

/** Return the first letters of a name, digits and Latin letters as they are. Of a character with several sounds, one. */
export function initialsOf(name: string): string {
  return Array.from(name, letterOf).join("");
}
