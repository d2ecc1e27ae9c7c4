import { expect } from "vitest";
import { type Answer, Backend, problemIn, type TargetAnswer } from "../../support/backend.ts";
import { type Service, startService } from "../../support/service.ts";
import { Socket, type SocketOptions } from "../../support/socket.ts";
import { type Claims, userToken } from "../../support/token.ts";
import { Device, type HeardEvent, MARKER } from "./device.ts";

export interface EnterOptions {
  /** The position to go on from. */
  readonly since?: string;
  /** The device; another one each time where it has no name. */
  readonly client?: string;
  /** Whether it pings, as clients do. */
  readonly pings?: boolean;
}

/** The service of one scenario, its backend, and the people who use it. */
export class Cast {
  readonly service: Service;
  readonly backend: Backend;
  readonly #devices = new Set<Device>();
  #names = 0;

  private constructor(service: Service) {
    this.service = service;
    this.backend = new Backend(service);
  }

  /**
   * Starts the service with these variables. What people hear is checked to the last event; so nobody is told of who comes
   * and goes, which devices of other tests do at any time (test/network/presence.test.ts).
   */
  static async start(vars: Readonly<Record<string, string>> = {}): Promise<Cast> {
    return new Cast(await startService({ vars: { PRESENCE_CHANNELS: "none", ...vars } }));
  }

  async stop(): Promise<void> {
    this.dropAllBut({});
    await this.service.stop();
  }

  /** Drops whoever came in the course of a test. */
  dropAllBut(standing: Readonly<Record<string, Device>>): void {
    const kept = new Set(Object.values(standing));
    for (const device of this.#devices) {
      if (kept.has(device)) continue;
      device.drop();
      this.#devices.delete(device);
    }
  }

  /** A name that nobody else uses. */
  fresh(prefix: string): string {
    this.#names += 1;
    return `${prefix}-${this.#names}`;
  }

  token(claims: Claims): Promise<string> {
    return userToken(this.service, claims);
  }

  /** Lets somebody in. */
  async enter(claims: Claims, options: EnterOptions = {}): Promise<Device> {
    return this.enterBy(await this.token(claims), options);
  }

  /** Lets in whom a token names, by `?token=`. */
  async enterBy(token: string, { since, client, pings = true }: EnterOptions = {}): Promise<Device> {
    // A greeting does not wait for the audience. Who has asked once for what there is, is known to it already, so
    // everything that is published from now on is for them.
    const known = await this.backend.ask(`/events?token=${encodeURIComponent(token)}`);
    if (known.status !== 200) throw new Error(`Nobody could enter: ${known.status} ${known.text}`);
    const query = new URLSearchParams({ token, ...(since && { since }), ...(client && { client }) });
    const device = await Device.open(`${this.service.wsUrl}/connect?${query}`, { pings });
    this.#devices.add(device);
    return device;
  }

  /** Lets in whom a token names, to a room's own socket. */
  async enterRoom(room: string, token: string): Promise<Device> {
    const query = new URLSearchParams({ token });
    const device = await Device.open(
      `${this.service.wsUrl}/rooms/${encodeURIComponent(room)}/connect?${query}`,
    );
    this.#devices.add(device);
    return device;
  }

  /** Publishes as the backend does. @returns what became of the events at each target. */
  publish(events: object): Promise<TargetAnswer[]> {
    return this.backend.publish(events);
  }

  /**
   * Publishes a domain event as the backend does, without saying for whom.
   *
   * @returns the id of the delivery to each channel that it went to.
   */
  async happen(name: string, data: object): Promise<(channel: string) => string> {
    const id = this.fresh("event");
    const targets = await this.publish({ id, event: name, data });
    const ids = new Map(targets.map((target) => [target.channel, target.id]));
    expect(new Set(ids.values()).size).toBe(targets.length);
    for (const { status } of targets) expect(["delivered", "stored"]).toContain(status);
    return (channel) => {
      const delivery = ids.get(channel);
      if (delivery === undefined) throw new Error(`${name} went to ${[...ids.keys()]}, not to ${channel}.`);
      return delivery;
    };
  }

  /**
   * What each of them has heard since they were last asked. One more event is published, to everyone: when that has
   * come, nothing that was published before can still be on its way, so silence is proved too.
   */
  async heardBy(people: Readonly<Record<string, Device>>): Promise<Record<string, HeardEvent[]>> {
    const id = this.fresh(MARKER);
    const [target] = await this.publish({ id, event: MARKER, to: { everyone: true } });
    expect(target).toMatchObject({ channel: "user:*", status: "stored" });
    const heard = Object.entries(people).map(
      async ([name, device]) => [name, await device.heardBefore(id)] as const,
    );
    return Object.fromEntries(await Promise.all(heard));
  }

  /** Checks what each has heard since they were last asked: exactly this, and nothing where nothing is said. */
  async expectHeard(
    people: Readonly<Record<string, Device>>,
    expected: Readonly<Record<string, readonly object[]>>,
  ): Promise<void> {
    const nothing = Object.keys(people).map((name) => [name, []] as const);
    expect(await this.heardBy(people)).toEqual({ ...Object.fromEntries(nothing), ...expected });
  }

  /** Asks over HTTP as somebody. */
  async askAs(claims: Claims, path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { Authorization: `Bearer ${await this.token(claims)}` };
    return this.backend.ask(path, { ...init, headers });
  }

  /** Asks over HTTP as the backend. */
  askAsBackend(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { Authorization: `Bearer ${this.service.publishKey}` };
    return this.backend.ask(path, { ...init, headers });
  }

  /** How an upgrade ends: `welcome`, or the code and reason of the refusal, which the frame and the close agree on. */
  async knock(path: string, options: SocketOptions = {}): Promise<string> {
    const socket = await Socket.open(this.service.wsUrl + path, options);
    await socket.until(() => socket.frames.length > 0, "a greeting or a refusal");
    const [first] = socket.frames;
    if (first?.type === "close") {
      expect(await socket.ended()).toEqual({ code: first.code, reason: first.reason });
      expect(socket.frames).toHaveLength(1);
    }
    socket.drop();
    return first?.type === "close" ? `${first.code} ${first.reason}` : (first?.type ?? "nothing");
  }

  /** What somebody is told who asks for a channel at each of its doors: by a frame, by a socket, by polling. */
  async doorsOf(channel: string, claims: Claims, device: Device): Promise<string[]> {
    const room = encodeURIComponent(channel);
    const answer = await device.ask({ type: "subscribe", channels: [channel] });
    const polled = await this.askAs(claims, `/rooms/${room}/events`);
    return [
      answer.type === "error" && answer.channel === channel ? answer.code : answer.type,
      await this.knock(`/rooms/${room}/connect?token=${await this.token(claims)}`),
      polled.status === 200 ? "ok" : problemIn(polled).code,
    ];
  }
}
