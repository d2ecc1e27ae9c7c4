import { formatPosition, type Position } from "../../protocol/position.ts";
import type { Environment } from "./health.ts";
import { element, say } from "./page.ts";
import type { SessionState } from "./session.ts";
import { fetchToken, type TokenAnswer } from "./token.ts";
import { verdict } from "./verdict.ts";

/** What a person asks for here. The token is fetched, or read from its field, when it is needed. */
export interface ConnectActions {
  connect(token: () => Promise<TokenAnswer>): void;
  resume(token: () => Promise<TokenAnswer>): void;
  disconnect(): void;
}

/** Who to be, the three buttons, and how the connection stands. */
export class ConnectPanel {
  readonly #user = element("user", HTMLInputElement);
  readonly #role = element("role", HTMLInputElement);
  readonly #tenant = element("tenant", HTMLInputElement);
  readonly #token = element("token", HTMLTextAreaElement);
  readonly #profileFields = ["user-field", "role-field", "tenant-field"].map((id) =>
    element(id, HTMLElement),
  );
  readonly #tokenField = element("token-field", HTMLElement);
  readonly #connect = element("connect", HTMLButtonElement);
  readonly #resume = element("resume", HTMLButtonElement);
  readonly #disconnect = element("disconnect", HTMLButtonElement);
  readonly #message = element("connect-message", HTMLElement);
  readonly #state = element("state", HTMLElement);
  readonly #position = element("position", HTMLElement);
  readonly #heartbeat = element("heartbeat", HTMLElement);
  readonly #expires = element("expires", HTMLElement);
  #environment: Environment = "development";
  #resumable: { readonly position: Position; readonly user: string } | undefined;
  #shown: SessionState = { kind: "idle" };

  constructor(client: string, actions: ConnectActions) {
    element("client", HTMLElement).textContent = client;
    element("connect-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      actions.connect(() => this.#fetchToken());
    });
    this.#resume.addEventListener("click", () => actions.resume(() => this.#fetchToken()));
    this.#disconnect.addEventListener("click", () => actions.disconnect());
    this.#user.addEventListener("input", () => this.#showButtons());
  }

  /** In development the page asks for a token; elsewhere a person pastes one. */
  setEnvironment(environment: Environment): void {
    this.#environment = environment;
    for (const field of this.#profileFields) field.hidden = environment === "production";
    this.#user.required = environment === "development";
    this.#tokenField.hidden = environment === "development";
    this.#token.required = environment === "production";
    this.#showButtons();
  }

  showState(state: SessionState): void {
    this.#shown = state;
    this.#state.dataset.state = state.kind === "ended" && state.ending.by !== "person" ? "lost" : state.kind;
    this.#state.textContent = stateText(state);
    say(this.#message, messageText(state));
    const isConnected = state.kind === "connected";
    this.#expires.textContent = isConnected ? expiryText(state.expiresAt) : "–";
    if (!isConnected) this.#heartbeat.textContent = "–";
    this.#showButtons();
  }

  showPosition(position: Position | undefined, user: string): void {
    this.#resumable = position && { position, user };
    this.#position.textContent = position ? formatPosition(position) : "–";
    this.#showButtons();
  }

  showHeartbeat(roundTrip: number | undefined): void {
    this.#heartbeat.textContent =
      roundTrip === undefined ? "the last ping had no answer" : `answered in ${Math.round(roundTrip)} ms`;
  }

  #showButtons(): void {
    const { kind } = this.#shown;
    const isUnderWay = kind === "asking" || kind === "connecting";
    this.#connect.disabled = isUnderWay || kind === "connected";
    this.#disconnect.disabled = !(isUnderWay || kind === "connected");
    // A position means something in its own user's log only.
    const isSameUser = this.#environment === "production" || this.#resumable?.user === this.#user.value;
    this.#resume.disabled = isUnderWay || !this.#resumable || !isSameUser;
    this.#resume.title = this.#resumable ? `since=${formatPosition(this.#resumable.position)}` : "";
  }

  async #fetchToken(): Promise<TokenAnswer> {
    if (this.#environment === "production") {
      const token = this.#token.value.trim();
      return token === "" ? { kind: "refused", message: "Paste a token first." } : { kind: "token", token };
    }
    return fetchToken({
      userId: this.#user.value,
      roles: names(this.#role.value),
      tenants: names(this.#tenant.value),
    });
  }
}

function names(text: string): readonly string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function stateText(state: SessionState): string {
  switch (state.kind) {
    case "idle":
    case "tokenless":
    case "refused":
      return "Not connected";
    case "asking":
      return "Asking for a token";
    case "connecting":
      return "Connecting";
    case "connected":
      return `Connected as ${state.user}`;
    case "ended":
      return state.ending.by === "person"
        ? "Disconnected"
        : `Closed: ${state.ending.reason || state.ending.code}`;
  }
}

function messageText(state: SessionState): string {
  switch (state.kind) {
    case "refused":
      return state.message;
    case "ended":
      return state.ending.by === "person" ? "" : verdict(state.ending);
    default:
      return "";
  }
}

function expiryText(expiresAt: number | undefined): string {
  if (expiresAt === undefined) return "–";
  return new Date(expiresAt).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}
