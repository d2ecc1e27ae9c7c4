import { useHeard } from "../use-heard.ts";
import { farmOf } from "./farm.ts";

/** What the farmer's log tells, as it is now. */
export function useFarm() {
  const { status, told } = useHeard(farmOf);
  return { isReady: status === "ready", farm: told };
}
