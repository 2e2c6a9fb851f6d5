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
    triage: "Triage",
    planner: "Hotspots",
    account: "My account",
  },
  palette: {
    open: "Find",
    heading: "Find cases, reports, tasks, people, areas, drafts, desks and commands",
    hint: "Number, words, name, code or first letters of its sounds",
    list: "What was found",
    close: "Close",
    none: "Nothing was found. Try another name or code.",
    found: "{count} found; arrow keys choose, Enter opens",
    tasks: { instruction: "instruction", roll_call: "roll-call", errand: "other matter" },
    kinds: { command: "Command", desk: "Desk", draft: "Draft", area: "Area", case: "Case", report: "Report", note: "Note", task: "Task", person: "Person" },
  },
  problem: {
    silent: "The service did not answer. Check the network and try again; what you typed is still here.",
    unknown: "The service answered with an error ({status}). Try again later.",
    code: "Code of the error: {code}",
  },
  caseStates: {
    opened: "to accept",
    accepted: "to file",
    filed: "to dispatch",
    dispatched: "to take over",
    acknowledged: "being handled",
    suspended: "suspended",
    returned: "returned",
    handled: "to verify",
    verified: "to close",
    closed: "closed",
    rated: "rated",
    rejected: "rejected",
    voided: "void",
    merged: "merged",
    transferred: "transferred out",
  },
  levels: {
    district: "district", street: "street", community: "community", grid: "grid", county: "county", township: "township",
  },
};

export default words;
