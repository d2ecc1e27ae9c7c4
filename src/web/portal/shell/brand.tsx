import { Icon } from "../ui/icon.tsx";

/** The name of the house. */
export function Brand() {
  return (
    <p className="brand">
      <span className="brand-mark">
        <Icon name="bell" size={22} />
      </span>
      <span className="brand-name">Carillon</span>
    </p>
  );
}
