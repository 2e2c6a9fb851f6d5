/** Two days on one map: each layer is drawn on its side of the swipe alone. */
import type VectorTileLayer from "ol/layer/VectorTile";
import { getRenderPixel } from "ol/render";
import type RenderEvent from "ol/render/Event";

/** Draw a layer left or right of a share of the map's width alone. */
export function clipBeside(layer: VectorTileLayer, side: "left" | "right", share: () => number): void {
  layer.on("prerender", (event: RenderEvent) => {
    const [pen, size] = [event.context as CanvasRenderingContext2D, (event.target as VectorTileLayer).getMapInternal()?.getSize()];
    if (!size) return;
    const [width = 0, height = 0] = size;
    const [from, to] = side === "left" ? [0, width * share()] : [width * share(), width];
    const corners = [[from, 0], [to, 0], [to, height], [from, height]].map((pixel) => getRenderPixel(event, pixel));
    pen.save();
    pen.beginPath();
    corners.forEach(([x = 0, y = 0], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.closePath();
    pen.clip();
  });
  layer.on("postrender", (event: RenderEvent) => (event.context as CanvasRenderingContext2D).restore());
}
