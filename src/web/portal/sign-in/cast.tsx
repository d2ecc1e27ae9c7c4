import { useWords } from "../language-choice.ts";
import { type Person, people, type Scenario } from "../people.ts";
import { sessionOf } from "../session.ts";
import { RoleNames } from "../shell/role-names.tsx";
import { Avatar } from "../ui/avatar.tsx";
import { Icon } from "../ui/icon.tsx";
import { scenarioIcons, scenarioWords } from "./scenario-words.ts";
import type { SignInProps } from "./sign-in.tsx";
import { SomebodyElse } from "./somebody-else.tsx";

/** The people of the demo, by the story that they belong to. */
export function Cast({ signIn }: SignInProps) {
  const words = useWords(scenarioWords);
  const scenarios = Object.keys(people) as Scenario[];
  return (
    <div className="cast">
      {scenarios.map((scenario) => (
        <section key={scenario} className="card" aria-labelledby={`scenario-${scenario}`}>
          <header className="scenario">
            <span className="scenario-icon">
              <Icon name={scenarioIcons[scenario]} />
            </span>
            <div>
              <h2 id={`scenario-${scenario}`}>{words[scenario].title}</h2>
              <p>{words[scenario].text}</p>
            </div>
          </header>
          <ul className="people">
            {people[scenario].map((person) => (
              <li key={person.id}>
                <PersonButton person={person} choose={() => signIn(sessionOf(person, scenario))} />
              </li>
            ))}
          </ul>
          <SomebodyElse scenario={scenario} signIn={signIn} />
        </section>
      ))}
    </div>
  );
}

function PersonButton({ person, choose }: { readonly person: Person; readonly choose: () => void }) {
  return (
    <button type="button" className="person" onClick={choose}>
      <Avatar name={person.name} />
      <span className="person-names">
        <strong>{person.name}</strong>
        <RoleNames roles={person.roles} />
      </span>
      <Icon name="arrow" size={18} />
    </button>
  );
}
