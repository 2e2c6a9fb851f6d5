/* One map of an exported page: its layers, tips and selection. Everything it shows is in `config`: nothing is fetched. */
"use strict";

function wanggeMade(tag, text, parent, properties, attributes) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  Object.assign(element, properties || {});
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  if (parent) parent.append(element);
  return element;
}

function wanggePane(map, config) {
  const made = wanggeMade, words = config.words, host = map.getContainer();
  const title = config.side && !config.title.includes(config.side) ? `${config.title} · ${config.side}` : config.title;
  const root = made("section", "", null, { className: "wg-pane" }, { "aria-label": title });
  host.replaceWith(root);
  const panel = made("div", "", root, { className: "wg-panel" });
  const stage = made("div", "", root, { className: "wg-stage" });
  stage.append(host);
  host.setAttribute("role", "application");
  host.setAttribute("aria-label", `${title}: ${words.map}`);
  wanggeControls(map, config);

  const pane = { map, config, root, panel, stage, host, frame: -1, shown: new Map(), selected: [] };
  const inFrame = (feature) => {
    const span = feature.properties.frames;
    return pane.frame < 0 || !span || (span[0] <= pane.frame && pane.frame <= span[1]);
  };
  const styleOf = (layer, feature) => {
    const steps = feature.properties[layer.style + "_steps"];
    return pane.frame >= 0 && steps ? layer.stepStyles[steps[pane.frame]] : feature.properties[layer.style || "style"];
  };
  // One tip for all features: a tip of its own would make each of them a stop of the Tab key.
  const tip = L.tooltip({ sticky: true, direction: "right", offset: [12, 0] });
  const pointed = (event) => {
    const text = event.layer.feature.properties.tip;
    if (text) tip.setLatLng(event.latlng).setContent(made("span", text)).openOn(map);
  };
  const draw = (layer) =>
    L.geoJSON(config.sources[layer.source], {
      filter: (feature) => inFrame(feature) && !feature.properties.number,
      style: (feature) => styleOf(layer, feature),
      pointToLayer: (feature, at) => L.circleMarker(at, styleOf(layer, feature)),
      interactive: layer.interactive !== false,
    })
      .on("mouseover mousemove", pointed)
      .on("mouseout", () => map.closeTooltip(tip))
      .on("click", (event) => pane.select([event.layer.feature]));
  pane.show = (layer, visible) => {
    if (pane.shown.has(layer)) map.removeLayer(pane.shown.get(layer));
    pane.shown.delete(layer);
    if (visible) pane.shown.set(layer, draw(layer).addTo(map));
  };
  pane.redraw = () => {
    // In the order of the configuration, so that outlines stay above fills.
    const visible = config.layers.filter((layer) => pane.shown.has(layer));
    visible.forEach((layer) => pane.show(layer, false));
    visible.forEach((layer) => pane.show(layer, true));
    pane.mark();
    pane.label();
  };
  const inUse = (layer) => layer.shown || !layer.name;
  pane.features = (layer) => config.sources[layer.source].features.filter(inFrame);

  const marked = L.geoJSON(null, {
    interactive: false,
    style: { color: "var(--selected)", weight: 3, fillColor: "var(--selected)", fillOpacity: 0.12 },
    pointToLayer: (feature, at) => L.circleMarker(at, { radius: 12 }),
  }).addTo(map);
  pane.mark = () => {
    marked.clearLayers();
    for (const feature of pane.selected) marked.addData(feature);
    marked.bringToFront();
  };
  // The card of one feature, or several features marked together; `from` is what has the focus afterwards.
  pane.select = (features, { from, go } = {}) => {
    pane.selected = features;
    pane.mark();
    const card = features.length === 1 && features[0].properties.card;
    if (card) pane.card.open(card, from);
    else pane.card.close();
    if (go && features.length) {
      const bounds = marked.getBounds();
      map.fitBounds(bounds, { padding: [40, 40], maxZoom: Math.max(map.getZoom(), 15), animate: false });
    }
    wanggeAddress(pane);
  };
  pane.card = wanggeCard(pane, () => pane.selected.length && pane.select([]));
  pane.label = wanggeLabels(pane);
  wanggePanel(pane);
  for (const layer of config.layers) if (inUse(layer)) pane.show(layer, true);
  if (config.frames && config.frames.length > 1) wanggeSlider(pane);
  if (config.basemap) L.tileLayer(config.basemap, { zIndex: -1 }).addTo(map);

  pane.fit = () => {
    map.invalidateSize({ animate: false });
    if (config.bounds && host.clientWidth) map.fitBounds(config.bounds, { padding: [10, 10], animate: false });
  };
  pane.fit();
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(host);
  map.on("moveend resize", pane.label);
  pane.label();
  wanggeRestore(pane);
  (window.wanggePanes = window.wanggePanes || []).push(pane);
}

/* Zoom, scale, north, and what the data are, in the corners of the map. */
function wanggeControls(map, config) {
  const words = config.words;
  L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  const scale = L.control.scale({ imperial: false, position: "bottomleft" });
  scale._updateMetric = (most) => {
    const metres = scale._getRoundNum(most);
    scale._updateScale(scale._mScale, metres < 1000 ? `${metres} ${words.metres}` : `${metres / 1000} ${words.kilometres}`, metres / most);
  };
  scale.addTo(map);
  map.attributionControl.setPrefix(false);
  if (config.source) map.attributionControl.addAttribution(wanggeMade("span", config.source).outerHTML);
  const north = L.control({ position: "topright" });
  north.onAdd = () => {
    const box = wanggeMade("div", "", null, { className: "wg-north" }, { role: "img", "aria-label": words.northUp });
    box.innerHTML = '<svg width="18" height="24" viewBox="0 0 18 24" aria-hidden="true"><path d="M9 1 16 22 9 17 2 22Z"/></svg>';
    wanggeMade("span", words.north, box, {}, { "aria-hidden": "true" });
    return box;
  };
  north.addTo(map);
}

/* The address holds what is selected and where the map stands: `#areas=CODE,CODE&map=ZOOM/LAT/LON`. */
function wanggeAddress(pane) {
  if (window.wanggePanes && window.wanggePanes[0] !== pane) return;
  const { lat, lng } = pane.map.getCenter(), codes = pane.selected.map((one) => one.properties.code).filter(Boolean);
  const parts = [`map=${pane.map.getZoom().toFixed(1)}/${lat.toFixed(5)}/${lng.toFixed(5)}`];
  if (codes.length) parts.unshift("areas=" + codes.map(encodeURIComponent).join(","));
  history.replaceState(null, "", "#" + parts.join("&"));
}

function wanggeRestore(pane) {
  const asked = new URLSearchParams(location.hash.slice(1).replace(/\+/g, "%2B"));
  const codes = new Set((asked.get("areas") || "").split(",").filter(Boolean));
  const found = new Map();
  for (const layer of pane.config.layers)
    for (const feature of pane.features(layer)) {
      const code = feature.properties.code;
      if (codes.has(code) && !found.has(code)) found.set(code, feature);
    }
  const [zoom, lat, lon] = (asked.get("map") || "").split("/").map(Number);
  if (found.size) pane.select([...found.values()], { go: true });
  if (zoom && isFinite(lat) && isFinite(lon)) pane.map.setView([lat, lon], zoom, { animate: false });
  pane.map.on("moveend", () => wanggeAddress(pane));
}

/* Two maps that move as one; on a phone one of them is shown at a time. */
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
  const page = document.querySelector("main"), panes = window.wanggePanes;
  page.classList.add("two");
  const bar = wanggeMade("div", "", null, { className: "wg-switch" }, { role: "group", "aria-label": panes[0].config.words.sides });
  page.prepend(bar);
  const buttons = panes.map((pane) => wanggeMade("button", pane.config.side || pane.config.title, bar, { type: "button" }));
  const show = (chosen) => {
    panes.forEach((pane, number) => {
      pane.root.classList.toggle("wg-behind", number !== chosen);
      buttons[number].setAttribute("aria-pressed", String(number === chosen));
    });
    panes[chosen].map.invalidateSize({ animate: false });
  };
  buttons.forEach((button, number) => { button.onclick = () => show(number); });
  show(0);
  panes.forEach((pane) => pane.fit());
}
