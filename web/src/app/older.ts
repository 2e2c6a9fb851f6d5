/**
 * What Chromium 86 lacks of what the console and its packages call, in the few lines that they need of it. Computers of
 * offices have it; imported before all else. tests/web/test_older_browsers.py takes away what came later and looks.
 */
function last<Item>(items: ArrayLike<Item>, index: number): Item | undefined {
  const whole = Math.trunc(index) || 0;
  return items[whole < 0 ? items.length + whole : whole];
}

function supply(owner: object, name: string, value: (...given: never[]) => unknown): void {
  if (!(name in owner)) Object.defineProperty(owner, name, { value, writable: true, configurable: true });
}

supply(Array.prototype, "at", function at(this: unknown[], index: number) {
  return last(this, index);
});
supply(String.prototype, "at", function at(this: string, index: number) {
  return last(this, index);
});
supply(Object, "hasOwn", (owner: object, key: PropertyKey) => Object.prototype.hasOwnProperty.call(owner, key));

supply(crypto, "randomUUID", () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40; // version 4, as RFC 9562 has it
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
});

/** The signs of a text, for letters along a line: each code point, with marks that belong to the one before. */
class Signs {
  segment(text: string): { segment: string; index: number }[] {
    const found: { segment: string; index: number }[] = [];
    for (const sign of text) {
      const before = found[found.length - 1];
      if (before && /\p{M}/u.test(sign)) before.segment += sign;
      else found.push({ segment: sign, index: before ? before.index + before.segment.length : 0 });
    }
    return found;
  }
}
supply(Intl, "Segmenter", Signs as unknown as () => unknown);

export {};
