/** A photo as it is kept and sent: at most 1,600 pixels a side and 400 kB, upright, without what the camera wrote in. */

export const LONGEST_SIDE = 1600;
export const MOST_BYTES = 400_000;
const QUALITIES = [0.82, 0.7, 0.55, 0.4];
const SMALLER = [1, 0.75, 0.5, 0.35];

function opened(file: Blob): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    const address = URL.createObjectURL(file);
    image.onload = () => {
      URL.revokeObjectURL(address);
      resolve(image);
    };
    image.onerror = () => {
      URL.revokeObjectURL(address);
      reject(new TypeError("not a picture"));
    };
    image.src = address;
  });
}

function jpegOf(canvas: HTMLCanvasElement, quality: number): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((made) => (made ? resolve(made) : reject(new TypeError("no picture"))), "image/jpeg", quality);
  });
}

/** Return a picture as a JPEG that is small enough, first by its quality, then by its size. */
export async function shrunk(file: Blob): Promise<ArrayBuffer> {
  const image = await opened(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  const drawing = canvas.getContext("2d");
  if (!drawing) throw new TypeError("no canvas");
  for (const smaller of SMALLER) {
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale * smaller));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale * smaller));
    drawing.drawImage(image, 0, 0, canvas.width, canvas.height);
    for (const quality of QUALITIES) {
      const made = await jpegOf(canvas, quality);
      if (made.size <= MOST_BYTES) return made.arrayBuffer();
    }
  }
  throw new TypeError("the picture stays too large");
}
