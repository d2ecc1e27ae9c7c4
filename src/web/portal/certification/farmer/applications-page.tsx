import { useEffect, useRef } from "react";
import { Route, Switch, useLocation } from "wouter";
import { toHeading } from "../../ui/to-heading.ts";
import { ApplicationDetail } from "./application-detail.tsx";
import { ApplicationsOverview } from "./applications-overview.tsx";
import { Celebrated } from "./celebrated.tsx";
import { useFarm } from "./use-farm.ts";

/** A farmer's applications: all of them, and each on a page of its own. */
export default function ApplicationsPage() {
  const { isReady, farm } = useFarm();
  useTurn();
  return (
    <>
      <Switch>
        <Route path="/:id">
          {({ id }) => <ApplicationDetail id={id} applications={farm.applications} isReady={isReady} />}
        </Route>
        <Route>
          <ApplicationsOverview applications={farm.applications} isReady={isReady} />
        </Route>
      </Switch>
      <Celebrated news={farm.news} />
    </>
  );
}

/** Brings who goes from the list to a page, or back, to its heading and its top. */
function useTurn(): void {
  const [location] = useLocation();
  const before = useRef(location);
  useEffect(() => {
    if (before.current === location) return;
    before.current = location;
    toHeading();
    scrollTo(0, 0);
  }, [location]);
}
