/* Layers, legends, cards and the time slider of an exported map. Everything it shows is in `config`: nothing is fetched. */
"use strict";

function wanggePane(map, config) {
  const made = (tag, text, parent, attributes) => {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    Object.assign(element, attributes || {});
    if (parent) parent.appendChild(element);
    return element;
  };
  const host = map.getContainer();
  map.attributionControl.setPrefix(false);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);

  let frame = -1;
  const inFrame = (feature) => {
    const span = feature.properties.frames;
    return frame < 0 || !span || (span[0] <= frame && frame <= span[1]);
  };
  const shown = new Map();

  const styleOf = (layer, feature) => {
    const steps = feature.properties[layer.style + "_steps"];
    return frame >= 0 && steps ? layer.stepStyles[steps[frame]] : feature.properties[layer.style || "style"];
  };
  const wide = host.clientWidth > 640;
  const popup = {
    maxWidth: 380, minWidth: 270, maxHeight: 500,
    autoPanPaddingTopLeft: [wide ? 380 : 10, 10], autoPanPaddingBottomRight: [10, 70],
  };
  const numbered = (number, at) =>
    L.marker(at, { icon: L.divIcon({ className: "wg-number", html: String(number), iconSize: [22, 22], iconAnchor: [11, 30] }) });
  const draw = (layer) =>
    L.geoJSON(config.sources[layer.source], {
      filter: inFrame,
      style: (feature) => styleOf(layer, feature),
      pointToLayer: (feature, at) =>
        feature.properties.number ? numbered(feature.properties.number, at) : L.circleMarker(at, styleOf(layer, feature)),
      interactive: layer.interactive !== false,
      onEachFeature: (feature, drawn) => {
        if (layer.interactive === false) return;
        const { tip, card } = feature.properties;
        if (tip) drawn.bindTooltip(() => made("span", tip), { sticky: true });
        if (card) drawn.bindPopup(card, popup);
      },
    });
  const show = (layer, visible) => {
    if (shown.has(layer)) map.removeLayer(shown.get(layer));
    shown.delete(layer);
    if (visible) shown.set(layer, draw(layer).addTo(map));
  };
  // Names are written where they fit into their area and on no other name, those of the outlines above first.
  const names = L.layerGroup().addTo(map);
  const writeNames = () => {
    names.clearLayers();
    const inView = map.getBounds(), taken = [];
    for (const layer of config.layers.filter((one) => shown.has(one)).reverse())
      shown.get(layer).eachLayer((drawn) => {
        const { name, at } = drawn.feature.properties;
        if (!name || !inView.contains(at)) return;
        const above = layer.interactive === false, width = name.length * (above ? 13 : 12) + 6, box = drawn.getBounds();
        const low = map.latLngToLayerPoint(box.getSouthWest()), high = map.latLngToLayerPoint(box.getNorthEast());
        if (high.x - low.x < width || low.y - high.y < 18) return;
        const { x, y } = map.latLngToLayerPoint(at);
        if (taken.some((other) => Math.abs(other.x - x) < (other.width + width) / 2 && Math.abs(other.y - y) < 17)) return;
        taken.push({ x, y, width });
        const icon = L.divIcon({ className: above ? "wg-name above" : "wg-name", html: made("span", name), iconSize: [width, 16] });
        L.marker(at, { icon, interactive: false, keyboard: false }).addTo(names);
      });
  };
  const redraw = () => {
    // In the order of the configuration, so that outlines stay above fills.
    const visible = config.layers.filter((layer) => shown.has(layer));
    visible.forEach((layer) => show(layer, false));
    visible.forEach((layer) => show(layer, true));
    writeNames();
  };

  const panel = made("aside", "", host, { className: "wg-panel" });
  L.DomEvent.disableClickPropagation(panel);
  L.DomEvent.disableScrollPropagation(panel);
  panel.style.left = "56px";
  const header = made("header", "", panel);
  made("h1", config.title, header);
  for (const line of (config.subtitle || "").split("\n")) if (line) made("p", line, header);
  const fold = made("button", "–", panel, { className: "wg-fold", title: "收起" });
  fold.onclick = () => { fold.textContent = panel.classList.toggle("folded") ? "+" : "–"; };

  if (config.entriesHeading) {
    const section = made("section", "", panel, { className: "wg-entries" });
    made("h2", config.entriesHeading, section);
    for (const entry of config.entries) {
      const row = made("button", "", section, { type: "button" });
      made("b", String(entry.number), row);
      const words = made("span", entry.title, row);
      made("small", entry.words, words);
      row.onclick = () => {
        map.setView(entry.at, Math.max(map.getZoom(), 14.5), { animate: false });
        for (const drawn of shown.values())
          drawn.eachLayer((one) => { if (one.feature.properties.number === entry.number) one.openPopup(); });
      };
    }
  }
  const radioName = "wg-" + Math.random().toString(36).slice(2);
  for (const [heading, base] of [["底图分级", true], ["图层", false]]) {
    const group = config.layers.filter((layer) => Boolean(layer.base) === base && layer.name);
    if (!group.length) continue;
    const section = made("section", "", panel);
    made("h2", base ? config.baseHeading || heading : heading, section);
    for (const layer of group) {
      const label = made("label", "", section);
      const box = made("input", "", label, { type: base ? "radio" : "checkbox", name: base ? radioName : "", checked: Boolean(layer.shown) });
      label.append(layer.name);
      const legend = made("div", "", section, { className: "wg-legend", hidden: !layer.shown });
      for (const entry of layer.legend || []) {
        const row = made("div", "", legend);
        const swatch = made("i", "", row, { className: entry.dot ? "dot" : "" });
        swatch.style.background = entry.color;
        if (entry.border) swatch.style.border = entry.border;
        made("span", entry.text, row);
      }
      if (layer.words) made("p", layer.words, legend);
      layer.legendElement = legend;
      box.onchange = () => {
        if (base) for (const other of group) { show(other, other === layer); other.legendElement.hidden = other !== layer; }
        else { show(layer, box.checked); legend.hidden = !box.checked; }
        redraw();
      };
    }
  }
  if (config.notes && config.notes.length) {
    const section = made("details", "", made("section", "", panel, { className: "wg-notes" }));
    made("summary", config.frames && config.frames.length ? "说明（怎样分析、剔除了什么）" : "说明", section);
    for (const note of config.notes) made("p", note, section);
  }
  for (const layer of config.layers) if (layer.shown || !layer.name) show(layer, true);
  if (!wide) fold.onclick();  // On a phone the map comes first.
  const corner = wide ? [385, 20] : [20, panel.offsetHeight + 24];
  if (config.bounds) map.fitBounds(config.bounds, { paddingTopLeft: corner, paddingBottomRight: [20, config.frames ? 70 : 20] });
  map.on("moveend", writeNames);
  writeNames();
  if (config.basemap) L.tileLayer(config.basemap, { zIndex: -1 }).addTo(map);

  if (config.frames && config.frames.length > 1) {
    const bar = made("div", "", host, { className: "wg-slider" });
    host.classList.add("wg-timed");
    L.DomEvent.disableClickPropagation(bar);
    const play = made("button", "▶ 播放", bar);
    const range = made("input", "", bar, { type: "range", min: -1, max: config.frames.length - 1, value: -1 });
    const words = made("output", "全部时段", bar);
    const move = (to) => {
      frame = to;
      range.value = to;
      words.textContent = to < 0 ? "全部时段" : config.frames[to];
      redraw();
    };
    range.oninput = () => move(Number(range.value));
    let timer = 0;
    play.onclick = () => {
      if (timer) { clearInterval(timer); timer = 0; play.textContent = "▶ 播放"; return; }
      play.textContent = "❚❚ 暂停";
      timer = setInterval(() => move(frame + 1 < config.frames.length ? frame + 1 : 0), 900);
    };
  }
}

function wanggeSync(one, other) {
  let busy = false;
  const follow = (leader, follower) =>
    leader.on("move", () => {
      if (busy) return;
      busy = true;
      follower.setView(leader.getCenter(), leader.getZoom(), { animate: false });
      busy = false;
    });
  follow(one, other);
  follow(other, one);
}
