/* Names and numbers on a map, where they fit and on none of the others. */
"use strict";

function wanggeLabels(pane) {
  const { map, host } = pane, drawn = L.layerGroup().addTo(map);
  const pen = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(document.body).fontFamily;
  const NUMBER = 26, HIGH = 17;
  let taken = [];
  const isFree = (box) => !taken.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
  const around = (x, y, width, height) => ({ left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 });
  const controls = () => {
    const frame = host.getBoundingClientRect();
    return [...host.querySelectorAll(".leaflet-control")].map((one) => {
      const box = one.getBoundingClientRect();
      return { left: box.left - frame.left, right: box.right - frame.left, top: box.top - frame.top, bottom: box.bottom - frame.top };
    });
  };
  const inView = (box) => box.left >= 0 && box.top >= 0 && box.right <= host.clientWidth && box.bottom <= host.clientHeight;

  // A number stands at its place, or beside it at the end of a line where others stand there.
  const writeNumber = (feature) => {
    const [lon, lat] = feature.geometry.coordinates, at = map.latLngToContainerPoint([lat, lon]);
    if (!inView(around(at.x, at.y, 2, 2))) return;
    let spot = at;
    for (let step = 0; step < 40; step += 1) {
      const far = Math.ceil(step / 8) * NUMBER, turn = (step % 8) * Math.PI / 4 - Math.PI / 2;
      spot = L.point(at.x + far * Math.cos(turn), at.y + far * Math.sin(turn));
      const box = around(spot.x, spot.y, NUMBER, NUMBER);
      if (isFree(box) && inView(box)) break;
    }
    taken.push(around(spot.x, spot.y, NUMBER, NUMBER));
    const to = map.containerPointToLatLng(spot);
    if (spot !== at && at.distanceTo(spot) > 1)
      L.polyline([[lat, lon], to], { color: "var(--number)", weight: 1, interactive: false }).addTo(drawn);
    const icon = L.divIcon({ className: "wg-number", html: String(feature.properties.number), iconSize: [22, 22] });
    const marker = L.marker(to, { icon, keyboard: false }).addTo(drawn);
    marker.on("click", () => pane.select([feature]));
    if (feature.properties.tip) marker.getElement().title = feature.properties.tip;
  };
  const writeName = (one, above) => {
    const { name, at } = one.feature.properties;
    if (!name || !one.getBounds || !map.getBounds().contains(at)) return;
    pen.font = above ? `700 13px ${family}` : `12px ${family}`;
    const width = Math.ceil(pen.measureText(name).width) + 6, bounds = one.getBounds();
    const low = map.latLngToContainerPoint(bounds.getSouthWest()), high = map.latLngToContainerPoint(bounds.getNorthEast());
    if (high.x - low.x < width || low.y - high.y < HIGH + 1) return;
    const { x, y } = map.latLngToContainerPoint(at), box = around(x, y, width, HIGH);
    if (!isFree(box) || !inView(box)) return;
    taken.push(box);
    const icon = L.divIcon({ className: above ? "wg-name above" : "wg-name", html: wanggeMade("span", name), iconSize: [width, HIGH] });
    L.marker(at, { icon, interactive: false, keyboard: false }).addTo(drawn);
  };
  return () => {
    drawn.clearLayers();
    taken = controls();
    const visible = pane.config.layers.filter((one) => pane.shown.has(one)).reverse();
    for (const layer of visible)
      for (const feature of pane.features(layer)) if (feature.properties.number) writeNumber(feature);
    for (const layer of visible) pane.shown.get(layer).eachLayer((one) => writeName(one, layer.interactive === false));
  };
}
