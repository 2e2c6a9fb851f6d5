/** 控制台的中文，一个工作台一个文件。The shape of all languages: en/ has the same codes. */
import account from "./account";
import admin from "./admin";
import boundaries from "./boundaries";
import cases from "./cases";
import frame from "./frame";
import gis from "./gis";
import bring from "./import";
import map from "./map";
import overview from "./overview";
import phone from "./phone";
import records from "./records";
import planner from "./planner";
import signIn from "./sign_in";
import triage from "./triage";

export default {
  ...frame,
  ...signIn,
  ...account,
  ...map,
  ...overview,
  ...cases,
  ...records,
  ...boundaries,
  ...bring,
  ...phone,
  ...planner,
  ...triage,
  ...admin,
  ...gis,
};
