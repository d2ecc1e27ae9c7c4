import type { Scenario } from "../people.ts";
import type { Script } from "./act.ts";
import { certificationScript } from "./certification-script.ts";
import { clinicScript } from "./clinic-script.ts";
import { examsScript } from "./exams-script.ts";
import { licensingScript } from "./licensing-script.ts";
import { shopScript } from "./shop-script.ts";

/** A scenario that has a backend to play. */
export type ScriptedScenario = Exclude<Scenario, "operation">;

/** What a visitor can make the backend of each scenario do. */
export const scripts: Readonly<Record<ScriptedScenario, Script>> = {
  certification: certificationScript,
  clinic: clinicScript,
  shop: shopScript,
  exams: examsScript,
  licensing: licensingScript,
};
