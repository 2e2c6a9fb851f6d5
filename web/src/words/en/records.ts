/** Reports, quick notes, tasks and people that were found */
import type zh from "../zh/records";

const words: typeof zh = {
  records: {
    heading: "Found",
    isCase: "became a case of the same number",
    fields: {
      category: "Category", text: "Text", address: "Address", reporter: "Caller", reportedAt: "Reported", areas: "Areas", place: "Place (WGS 84)",
      author: "By", notedAt: "Seen", writtenAt: "Written down", isCase: "Case", kind: "Kind", issuedAt: "Issued", dueAt: "Due",
      unit: "Unit", staffNumber: "Staff number", phone: "Telephone", units: "Units", roles: "Roles",
    },
    taskStates: { issued: "to acknowledge", acknowledged: "in work", done: "done, to confirm", confirmed: "confirmed", withdrawn: "withdrawn" },
  },
};

export default words;
