import { Suspense } from "react";
import { Link, Redirect, Route, Router, Switch, useLocation } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { OfflineBanner } from "../../../react/index.ts";
import { useLanguage, useWords } from "../language-choice.ts";
import { spokenIn } from "../languages.ts";
import { pagesOf } from "../pages.ts";
import { PlayPanel } from "../play/play-panel.tsx";
import { usePortal } from "../portal-context.ts";
import { Icon } from "../ui/icon.tsx";
import { toHeading } from "../ui/to-heading.ts";
import { Arrival } from "./arrival.tsx";
import { Failing } from "./failing.tsx";
import { LogFailure } from "./log-failure.tsx";
import { RefusedToken, useRefused } from "./refused-token.tsx";
import { ScenarioStrip } from "./scenario-strip.tsx";
import { Telling } from "./telling.tsx";
import { TopBar } from "./top-bar.tsx";

const shellWords = {
  en: { skip: "Skip to the page", menu: "Pages", loading: "Loading…" },
  th: { skip: "ข้ามไปยังเนื้อหา", menu: "เมนู", loading: "กำลังโหลด…" },
  vi: { skip: "Bỏ qua đến nội dung", menu: "Trang", loading: "Đang tải…" },
};

/** What stands around every page of whoever is signed in. */
export function Shell() {
  return (
    <Router hook={useHashLocation}>
      <Frame />
    </Router>
  );
}

function Frame() {
  const { session } = usePortal();
  const { language } = useLanguage();
  const words = useWords(shellWords);
  const pages = pagesOf(session);
  const isRefused = useRefused();
  const [location] = useLocation();
  const first = pages[0]?.path ?? "/";
  return (
    <div className="shell">
      {/* A button, since the address after the `#` is the page's. */}
      <button type="button" className="skip" onClick={toHeading}>
        {words.skip}
      </button>
      <TopBar />
      {!isRefused && <OfflineBanner />}
      <nav className="menu" aria-label={words.menu}>
        {pages.map(({ path, icon, title }) => (
          <Link
            key={path}
            href={path}
            aria-current={location === path || location.startsWith(`${path}/`) ? "page" : undefined}
          >
            <Icon name={icon} />
            <span>{spokenIn(language, title)}</span>
          </Link>
        ))}
      </nav>
      <main id="main">
        <ScenarioStrip />
        {isRefused ? <RefusedToken /> : <LogFailure />}
        <Suspense fallback={<p className="loading">{words.loading}</p>}>
          <Switch>
            {pages.map(({ path, title, component: Component }) => (
              <Route key={path} path={path} nest>
                <Arrival path={path} title={spokenIn(language, title)} />
                <Failing>
                  <Component />
                </Failing>
              </Route>
            ))}
            <Route>
              <Redirect to={first} replace />
            </Route>
          </Switch>
        </Suspense>
      </main>
      <PlayPanel />
      <Telling />
    </div>
  );
}
