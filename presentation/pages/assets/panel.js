/* What stands beside a map: titles, a search, the list, layers with their legends, notes; and the card of what is chosen. */
"use strict";

function wanggePanel(pane) {
  const made = wanggeMade, { map, config, panel, root } = pane, words = config.words;
  const header = made("header", "", panel);
  const fold = made("button", "", header, { type: "button", className: "wg-fold" });
  if (config.sample) made("strong", config.sample, header, { className: "wg-sample" });
  made("h1", config.title, header);
  for (const line of (config.subtitle || "").split("\n")) if (line) made("p", line, header);
  pane.fold = (folded) => {
    root.classList.toggle("folded", folded);
    fold.textContent = folded ? words.unfold : words.fold;
    fold.setAttribute("aria-expanded", String(!folded));
    map.invalidateSize({ animate: false });
  };
  fold.onclick = () => pane.fold(!root.classList.contains("folded"));
  pane.isNarrow = () => matchMedia("(max-width: 700px)").matches;
  pane.fold(pane.isNarrow());  // On a phone the map comes first.

  wanggeFind(pane, panel);
  if (config.entriesHeading) {
    const section = made("section", "", panel, { className: "wg-entries" });
    made("h2", config.entriesHeading, section);
    const numbered = new Map();
    for (const layer of config.layers)
      for (const feature of config.sources[layer.source].features)
        if (feature.properties.number) numbered.set(feature.properties.number, feature);
    for (const entry of config.entries) {
      const row = made("button", "", section, { type: "button" });
      made("b", String(entry.number), row);
      const text = made("span", entry.title, row);
      made("small", entry.words, text);
      row.onclick = () => {
        map.setView(entry.at, Math.max(map.getZoom(), 14.5), { animate: false });
        const feature = numbered.get(entry.number);
        if (feature) pane.select([feature], { from: row });
      };
    }
  }
  const keys = made("div", "", panel, { className: "wg-keys" });
  const radioName = "wg-" + Math.random().toString(36).slice(2);
  for (const base of [true, false]) {
    const group = config.layers.filter((layer) => Boolean(layer.base) === base && layer.name);
    if (!group.length) continue;
    const section = made("section", "", keys);
    made("h2", base ? words.base : words.layers, section);
    for (const layer of group) {
      const label = made("label", "", section);
      const box = made("input", "", label, { type: base ? "radio" : "checkbox", name: base ? radioName : "", checked: Boolean(layer.shown) });
      label.append(layer.name);
      const legend = wanggeLegend(layer, section);
      box.onchange = () => {
        for (const other of base ? group : [layer]) {
          const visible = base ? other === layer : box.checked;
          pane.show(other, visible);
          other.legendElement.hidden = !visible;
        }
        pane.redraw();
      };
      layer.legendElement = legend;
    }
  }
  if (config.notes && config.notes.length) {
    const section = made("details", "", made("section", "", panel, { className: "wg-notes" }));
    made("summary", config.frames && config.frames.length ? words.notesOfRun : words.notes, section);
    for (const note of config.notes) made("p", note, section);
  }
}

function wanggeLegend(layer, parent) {
  const made = wanggeMade, legend = made("div", "", parent, { className: "wg-legend", hidden: !layer.shown });
  for (const entry of layer.legend || []) {
    const row = made("div", "", legend);
    const swatch = made("i", "", row, { className: entry.dot ? "dot" : entry.hatch ? "hatch " + entry.hatch : "" }, { "aria-hidden": "true" });
    swatch.style.setProperty("--fill", entry.color);
    swatch.style.setProperty("--opacity", entry.opacity);
    if (entry.border) swatch.style.border = entry.border;
    made("span", entry.text, row);
  }
  if (layer.words) made("p", layer.words, legend);
  return legend;
}

/* Every area can be reached by its name: one field instead of hundreds of stops of the Tab key. */
function wanggeFind(pane, parent) {
  const made = wanggeMade, { config } = pane, words = config.words, known = new Map();
  for (const layer of config.layers)
    for (const feature of config.sources[layer.source].features)
      if (feature.properties.find && !known.has(feature.properties.find)) known.set(feature.properties.find, feature);
  if (!known.size) return;
  const section = made("section", "", parent, { className: "wg-find" });
  const id = "wg-" + Math.random().toString(36).slice(2);
  made("label", words.find, section, { htmlFor: id });
  const field = made("input", "", section, { id, type: "search", autocomplete: "off", placeholder: words.findHint }, { list: id + "-list" });
  const list = made("datalist", "", section, { id: id + "-list" });
  for (const name of known.keys()) made("option", "", list, { value: name });
  const told = made("p", "", section, {}, { role: "status" });
  field.onchange = () => {
    const text = field.value.trim();
    const name = known.has(text) ? text : [...known.keys()].find((one) => text && one.includes(text));
    told.textContent = name || !text ? "" : words.notFound;
    if (name) pane.select([known.get(name)], { from: field, go: true });
  };
}

/* The card of what is chosen, beside the map and never over its list; Escape closes it. */
function wanggeCard(pane, closed) {
  const made = wanggeMade, { root, config } = pane;
  const box = made("div", "", root, { className: "wg-chosen", hidden: true, tabIndex: -1 }, { role: "region", "aria-label": `${root.getAttribute("aria-label")}: ${config.words.card}` });
  const close = made("button", "×", box, { type: "button", className: "wg-close" }, { "aria-label": config.words.close });
  const content = made("div", "", box);
  let opener = null;
  const card = {
    open: (html, from) => {
      content.innerHTML = html;
      box.hidden = false;
      box.scrollTop = 0;
      if (pane.isNarrow()) pane.fold(true);
      pane.map.invalidateSize({ animate: false });
      opener = from || null;
      if (from) box.focus({ preventScroll: true });
    },
    close: () => {
      if (box.hidden) return;
      box.hidden = true;
      pane.map.invalidateSize({ animate: false });
      closed();
      if (opener) opener.focus();
      opener = null;
    },
  };
  close.onclick = card.close;
  root.addEventListener("keydown", (event) => { if (event.key === "Escape") card.close(); });
  return card;
}
