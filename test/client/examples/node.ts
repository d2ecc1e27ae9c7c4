import { createClient } from "carillon/client";

const { CARILLON_URL = "http://127.0.0.1:8787", CARILLON_TOKEN = "" } = process.env;

export const client = createClient({ url: CARILLON_URL, getToken: () => CARILLON_TOKEN });
client.on("*", (data, { channel, event }) => console.log(channel, event, data));
client.connect();
process.once("SIGTERM", () => client.close());
