import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const css = readFileSync(join(import.meta.dirname, "..", "src", "design", "tokens.css"), "utf8");

function tokensOf(selector: string, from = css): Map<string, string> {
  const block = from.slice(from.indexOf(`${selector} {`)).split("}")[0] ?? "";
  return new Map([...block.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((found) => [found[1] ?? "", found[2] ?? ""]));
}

/** Relative luminance of #rrggbb (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Linear RGB as eyes with one kind of cone missing see it (Viénot, Brettel, Mollon 1999; Machado 2009 for tritan). */
const EYES = {
  protan: [[0.1121, 0.8853, -0.0005], [0.1127, 0.8897, -0.0001], [0.0045, 0.0001, 1.0019]],
  deutan: [[0.292, 0.7054, -0.0003], [0.2934, 0.7089, 0], [-0.021, 0.0256, 1.0019]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
} as const;

function linear(colour: string): number[] {
  return [1, 3, 5].map((at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);
}

/** Distance of two colours as such eyes see them, 0 to about 1.7. */
function distance(one: string, other: string, eye: readonly (readonly number[])[]): number {
  const seen = (colour: string): number[] =>
    eye.map((row) => Math.max(0, row.reduce((sum, weight, index) => sum + weight * (linear(colour)[index] ?? 0), 0)) ** (1 / 2.2));
  const [a, b] = [seen(one), seen(other)];
  return Math.hypot(...a.map((part, index) => part - (b[index] ?? 0)));
}

const phone = readFileSync(join(import.meta.dirname, "..", "src", "phone", "phone.css"), "utf8");
const light = tokensOf(":root");
const dark = new Map([...light, ...tokensOf(".dark")]);

describe.each([["light", light], ["dark", dark]] as const)("tokens, %s", (_, tokens) => {
  const value = (name: string): string => tokens.get(name) ?? "";

  it("lets every text be read: 4.5 to 1 on what it stands on", () => {
    for (const text of ["--text", "--muted", "--accent", "--danger", "--warning", "--good"]) {
      for (const ground of ["--ground", "--surface", "--raised"]) {
        expect(contrast(value(text), value(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    for (const [text, ground] of [
      ["--on-accent", "--accent"],
      ["--on-accent", "--accent-strong"],
      ["--on-training", "--training"],
      ["--accent", "--accent-soft"],
      ["--text", "--past"],
      ["--text", "--danger-soft"],
      ["--text", "--warning-soft"],
      ["--text", "--good-soft"],
      ["--map-label", "--map-halo"],
    ] as const) {
      expect(contrast(value(text), value(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("shows lines, borders and what is selected on the map: 3 to 1", () => {
    for (const line of ["--map-line", "--map-selected", "--map-added", "--map-removed", "--map-changed", "--map-defect"]) {
      expect(contrast(value(line), value("--map-ground")), line).toBeGreaterThanOrEqual(3);
    }
    expect(contrast(value("--line-strong"), value("--surface"))).toBeGreaterThanOrEqual(3);
  });

  it("tells what came, went and changed apart for the three kinds of colour blindness", () => {
    const told = ["--map-added", "--map-removed", "--map-changed"];
    for (const [kind, eye] of Object.entries(EYES)) {
      for (const [index, one] of told.entries()) {
        for (const other of told.slice(index + 1)) {
          expect(distance(value(one), value(other), eye), `${one}, ${other}, ${kind}`).toBeGreaterThan(0.15);
        }
      }
    }
  });
});

describe.each([
  ["light", new Map([...light, ...tokensOf(":root", phone)])],
  ["dark", new Map([...dark, ...tokensOf(":root", phone), ...tokensOf(".dark", phone)])],
] as const)("tokens of the phone, %s", (_, tokens) => {
  it("lets every text be read in sunlight: 7 to 1 on what it stands on", () => {
    const value = (name: string): string => tokens.get(name) ?? "";
    for (const text of ["--text", "--muted", "--accent", "--danger", "--warning", "--good"]) {
      for (const ground of ["--ground", "--surface"]) {
        expect(contrast(value(text), value(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(7);
      }
    }
    for (const [text, ground] of [
      ["--on-accent", "--accent"],
      ["--accent", "--accent-soft"],
      ["--on-training", "--training"],
      ["--text", "--past"],
      ["--text", "--danger-soft"],
      ["--text", "--warning-soft"],
      ["--muted", "--danger-soft"],
    ] as const) {
      expect(contrast(value(text), value(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(7);
    }
    expect(contrast(value("--line-strong"), value("--surface"))).toBeGreaterThanOrEqual(4.5);
  });
});
