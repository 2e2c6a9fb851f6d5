/** One's own account */
import type zh from "../zh/account";

const words: typeof zh = {
  account: {
    heading: "My account",
    signedInAs: "Signed in as {name}",
    until: "This session ends at {at} at the latest",
    roles: "My roles",
    everywhere: "everywhere",
    sessions: "Devices that are signed in",
    sessionsLead: "If you do not know a device, sign it out, then change your password.",
    program: "Program",
    address: "Network address",
    began: "Signed in",
    seen: "Last used",
    current: "this one",
    method: "By",
    methods: { password: "password", openid: "your organisation" },
    end: "Sign it out",
    ended: "The device is signed out.",
    signOut: "Sign out",
    change: "Change the password",
    changeLead: "All devices have to sign in again after that.",
    present: "Present password",
    codeOptional: "Code (if you have a second step)",
    changed: "The password is changed. Sign in with the new one.",
    second: "Second step",
    secondNeeded: "Your account needs a second step before you can do anything else.",
    secondLead: "Once set up, signing in asks for the digits of an authenticator app as well as the password.",
    secondBegin: "Set up a second step",
    secondSecret: "Add an account in your authenticator app with this secret:",
    secondConfirm: "Confirm",
    recovery: "The recovery codes are shown this once. Write them down. Each replaces a code of the app once.",
  },
};

export default words;
