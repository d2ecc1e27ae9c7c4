import { type Answer, ask } from "./answer.ts";
import { curlLine } from "./curl.ts";
import type { Environment } from "./health.ts";
import type { JsonObject } from "./json.ts";
import { element, say } from "./page.ts";
import { type Publication, publicationOf } from "./publication.ts";
import { resultElements } from "./publish-results.ts";

/** Publishes an event from the page, and shows the command that would do the same. */
export class PublishForm {
  readonly #event = element("event", HTMLInputElement);
  readonly #data = element("data", HTMLTextAreaElement);
  readonly #dataProblem = element("data-problem", HTMLElement);
  readonly #kind = element("target-kind", HTMLSelectElement);
  readonly #target = element("target", HTMLInputElement);
  readonly #targetLabel = element("target-label", HTMLElement);
  readonly #store = element("store", HTMLInputElement);
  readonly #keyField = element("key-field", HTMLElement);
  readonly #key = element("key", HTMLInputElement);
  readonly #submit = element("publish", HTMLButtonElement);
  readonly #message = element("publish-message", HTMLElement);
  readonly #results = element("publish-results", HTMLUListElement);
  readonly #curl = element("curl", HTMLPreElement);
  /** What stood in the target field for each kind, so that looking at the other kind loses nothing. */
  readonly #targets = { user: "demo", channel: "room:lobby" };
  readonly #lost: () => void;
  #environment: Environment = "development";

  /** @param lost called when the service turns out to have no development routes. */
  constructor(lost: () => void) {
    this.#lost = lost;
    const form = element("publish-form", HTMLFormElement);
    this.#data.value = JSON.stringify({ text: "Hello from the inspector" }, null, 2);
    this.#target.value = this.#targets[this.#targetKind];
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#publish();
    });
    form.addEventListener("input", () => this.#check());
    this.#target.addEventListener("input", () => {
      this.#targets[this.#targetKind] = this.#target.value;
    });
    this.#kind.addEventListener("change", () => {
      this.#target.value = this.#targets[this.#targetKind];
      this.#check();
    });
    this.#check();
  }

  setEnvironment(environment: Environment): void {
    this.#environment = environment;
    this.#keyField.hidden = environment === "development";
  }

  /** Aims at the user who is connected now. */
  aimAtUser(user: string): void {
    this.#aim("user", user);
  }

  /** Aims at a room that was just followed, once the channel kind is chosen. */
  aimAtRoom(room: string): void {
    this.#aim("channel", room);
  }

  #aim(kind: "user" | "channel", target: string): void {
    this.#targets[kind] = target;
    if (this.#targetKind === kind) this.#target.value = target;
    this.#check();
  }

  get #targetKind(): "user" | "channel" {
    return this.#kind.value === "channel" ? "channel" : "user";
  }

  /** Checks while a person types: the data's problem is shown at once, and the command follows. */
  #check(): Publication {
    this.#targetLabel.textContent = `Target ${this.#targetKind}`;
    const publication = publicationOf({
      event: this.#event.value,
      data: this.#data.value,
      kind: this.#targetKind,
      target: this.#target.value,
      store: this.#store.checked,
    });
    const field = publication.kind === "problem" ? publication.field : undefined;
    this.#event.ariaInvalid = String(field === "event");
    this.#data.ariaInvalid = String(field === "data");
    this.#target.ariaInvalid = String(field === "target");
    say(this.#dataProblem, publication.kind === "problem" && field === "data" ? publication.message : "");
    if (publication.kind === "publication") {
      this.#curl.textContent = curlLine(location.origin, publication.body);
    }
    return publication;
  }

  async #publish(): Promise<void> {
    const publication = this.#check();
    this.#results.replaceChildren();
    if (publication.kind === "problem") {
      // The data's own line says it already.
      say(this.#message, publication.field === "data" ? "" : publication.message);
      ({ event: this.#event, data: this.#data, target: this.#target })[publication.field].focus();
      return;
    }
    this.#submit.disabled = true;
    const answer = await this.#send(publication.body);
    this.#submit.disabled = false;
    if (answer.kind === "ok") {
      say(this.#message, "");
      this.#results.replaceChildren(...resultElements(answer.body));
    } else if (answer.kind === "absent") {
      this.#lost();
      say(this.#message, "This service publishes only with a key. Enter it and publish again.");
      this.#key.focus();
    } else {
      say(this.#message, answer.message);
    }
  }

  async #send(body: JsonObject): Promise<Answer> {
    if (this.#environment === "development") return ask("POST", "/dev/publish", body);
    const key = this.#key.value.trim();
    if (key === "") return { kind: "refused", message: "Enter a publish key first." };
    return ask("POST", "/publish", body, key);
  }
}
