/** Sign-in and setting a password */
import type zh from "../zh/sign_in";

const words: typeof zh = {
  signIn: {
    heading: "Sign in",
    lead: "Grid governance",
    login: "Login",
    loginHint: "Your staff number, or what your administrator gave you",
    password: "Password",
    show: "Show the password",
    enter: "Sign in",
    openid: "Sign in with your organisation",
    codeHeading: "Second step",
    codeLead: "Open your authenticator app and enter the six digits it shows now, or one of your recovery codes.",
    code: "Code",
    codeEnter: "Check and sign in",
    back: "Use another account",
    ended: "You were signed out. Sign in again to return to the page you were on.",
  },
  invitation: {
    heading: "Set a password",
    lead: "Set a password before you sign in for the first time. The link works once.",
    password: "New password",
    hint: "Best four unrelated words, without your name or staff number.",
    repeat: "The same again",
    unequal: "The two passwords differ. Enter them again.",
    set: "Set the password",
    done: "The password is set. Sign in with it.",
  },
};

export default words;
