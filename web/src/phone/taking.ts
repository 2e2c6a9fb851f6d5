/** A picture becomes a photo of a draft; what goes wrong is told in words. */
import { readonly, ref } from "vue";

import { shrunk } from "./photos";
import { DraftGoneError, QueueFullError } from "./queue/store";
import { change } from "./waiting";

type Fault = "full" | "gone" | "picture";

const wrong = ref<Fault | null>(null);
const taking = ref(false);

export const photoFault = readonly(wrong);
export const isTaking = readonly(taking);

/** Shrink a picture and add it to a draft. */
export async function addPhotoTo(draft: string, file: Blob, stage: "before" | "after"): Promise<void> {
  taking.value = true;
  wrong.value = null;
  try {
    const content = await shrunk(file);
    await change((store) => store.addPhoto(draft, content, stage));
  } catch (thrown) {
    wrong.value = thrown instanceof QueueFullError ? "full" : thrown instanceof DraftGoneError ? "gone" : "picture";
  } finally {
    taking.value = false;
  }
}
