// Translate one CQL library and run it for many patients.
// stdin: {"cql": text, "patients": [Facts, …]}; stdout: [{definition: true | false | null}, …];
// the last line of stderr: {"seconds": processor time of running, without translation}
import { readFileSync } from "node:fs";
import { SystemModelInfoProvider } from "@cqframework/cql/cql";
import { CqlTranslator, LibraryManager, ModelManager } from "@cqframework/cql/cql-to-elm";
import cql from "cql-execution";

const { cql: source, patients } = JSON.parse(readFileSync(0, "utf8"));
const models = new ModelManager();
models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
const translator = CqlTranslator.fromText(source, new LibraryManager(models));
const elm = JSON.parse(translator.toJson());
const errors = (elm.library.annotation ?? []).filter((note) => note.errorSeverity === "error");
if (errors.length > 0) {
  console.error(JSON.stringify(errors.slice(0, 5), null, 1));
  process.exit(1);
}
const library = new cql.Library(elm);
const answers = [];
const start = process.cpuUsage();
for (const facts of patients) {
  const executor = new cql.Executor(library, undefined, { Facts: facts });
  const results = await executor.exec(new cql.PatientSource([]));
  answers.push(results.unfilteredResults);
}
const used = process.cpuUsage(start);
console.error(JSON.stringify({ seconds: (used.user + used.system) / 1e6 }));
console.log(JSON.stringify(answers));
