import type { Client } from "carillon/client";

export function signedIn(client: Client, user: string) {
  client.setUser(user);
  client.connect();
}

export function signedOut(client: Client) {
  client.signOut();
}
