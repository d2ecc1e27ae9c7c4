import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/**
 * A line to a service that can be cut without either end being told: what is sent goes nowhere, and no connection is
 * closed, as when a device loses its network.
 *
 * @example
 * const line = await FrailLine.to(service.port);
 * const socket = await Socket.greeted(`ws://127.0.0.1:${line.port}/connect?token=${token}`);
 * line.cut();
 */
export class FrailLine {
  readonly port: number;
  readonly #server: Server;
  readonly #ends: Socket[];

  private constructor(server: Server, ends: Socket[]) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#ends = ends;
  }

  /** Opens a line to a port of this machine. */
  static async to(port: number): Promise<FrailLine> {
    const ends: Socket[] = [];
    const server = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      near.pipe(far).pipe(near);
      for (const end of [near, far]) end.on("error", () => undefined);
      ends.push(near, far);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FrailLine(server, ends);
  }

  /** From now on nothing passes, and nobody is told. */
  cut(): void {
    for (const end of this.#ends) {
      end.unpipe();
      end.pause();
    }
  }

  /** Ends what is open, as when a device changes its network; what is opened afterwards passes. */
  drop(): void {
    for (const end of this.#ends.splice(0)) end.destroy();
  }

  /** Lets go of everything. */
  close(): void {
    this.drop();
    this.#server.close();
  }
}
