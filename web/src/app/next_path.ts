/** Where to go on after signing in: a path of this console and nowhere else. */

const PATH = /^\/(?![/\\])[^\\\x00-\x20\x7f]*$/;

/** Return the path that an address asked for, or the first page when it would lead to another site. */
export function nextPath(asked: unknown): string {
  return typeof asked === "string" && PATH.test(asked) ? asked : "/";
}
