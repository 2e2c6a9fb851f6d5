/** What can be done on the page that is shown, offered by the page to the palette. */
import { onBeforeUnmount, shallowReactive, type Ref } from "vue";

export interface Command {
  /** What it does, in words. */
  name: string;
  /** The key that does it without the palette. */
  key?: string;
  run: () => void;
}

const offers = shallowReactive(new Set<Readonly<Ref<Command[]>>>());

/** Offer commands for as long as the page is shown. */
export function offerCommands(commands: Readonly<Ref<Command[]>>): void {
  offers.add(commands);
  onBeforeUnmount(() => offers.delete(commands));
}

/** Return the commands of the page of now. */
export function commandsOfPage(): Command[] {
  return [...offers].flatMap((commands) => commands.value);
}
