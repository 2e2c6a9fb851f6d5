/** The frame: title, desks, search, problems */
import type zh from "../zh/frame";

const words: typeof zh = {
  app: {
    title: "Grid governance",
    skip: "Skip to the content",
    training: "Training environment: nothing here is real, and nothing is sent outside",
    sample: "Sample data: borders, people and reports are made up, to show the system",
    newBuild: "The system was updated. Reload the page to use the new version.",
    reload: "Reload",
    offline: "The network is down. What you typed is still here; go on when it is back.",
    desks: "Desks",
    language: "Language",
    theme: "Appearance",
    themes: { system: "As the system", light: "Light", dark: "Dark" },
    missing: "There is no such page",
    missingNext: "Back to the map",
    plain: "API and public pages",
    loading: "Loading…",
  },
  desks: {
    map: "Map",
    overview: "Overview",
    boundaries: "Boundaries",
    account: "My account",
  },
  palette: {
    open: "Find",
    heading: "Find areas, drafts, desks and commands",
    hint: "Name, code or first letters of its sounds",
    list: "What was found",
    close: "Close",
    none: "Nothing was found. Try another name or code.",
    found: "{count} found; arrow keys choose, Enter opens",
    kinds: { command: "Command", desk: "Desk", draft: "Draft", area: "Area" },
  },
  problem: {
    silent: "The service did not answer. Check the network and try again; what you typed is still here.",
    unknown: "The service answered with an error ({status}). Try again later.",
    code: "Code of the error: {code}",
  },
  levels: {
    district: "district", street: "street", community: "community", grid: "grid", county: "county", township: "township",
  },
};

export default words;
