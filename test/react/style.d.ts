declare module "carillon/react/style.css";
