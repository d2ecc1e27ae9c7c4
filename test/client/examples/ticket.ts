import { createClient } from "carillon/client";

export const client = createClient({ ticketUrl: "/api/ws/auth" });
client.connect();
