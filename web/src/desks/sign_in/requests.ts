import { api } from "@/api/client";
import { settled, type Outcome, type Problem } from "@/api/problem";

/** Sign in; return what was wrong, or null. */
export async function sendSignIn(login: string, password: string, code: string | null): Promise<Problem | null> {
  const body = code === null ? { login, password } : { login, password, code };
  return (await settled(api.POST("/v1/sessions", { body }))).problem;
}

/** Set a password by the token of an invitation; return what the person signs in with. */
export function setPassword(token: string, password: string): Promise<Outcome<{ login: string }>> {
  return settled(api.POST("/v1/passwords", { body: { token, password } }));
}
