import { z } from "zod";

/**
 * How a server is spoken to: Carillon's protocol, which the peers that we wrote speak too; Socket.IO's packets; or nchan,
 * which greets nobody, numbers nothing and sends what was published as it is.
 */
export const dialect = z.enum(["carillon", "socket.io", "nchan"]);
export type Dialect = z.output<typeof dialect>;
