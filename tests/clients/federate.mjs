// What Comunica gets of one query over two endpoints: the first names cities, the second says something of them.
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, query, ...endpoints] = process.argv.slice(2);
const { QueryEngine } = createRequire(join(folder, "package.json"))("@comunica/query-sparql");
const sources = endpoints.map((value) => ({ type: "sparql", value }));
const rows = await (await new QueryEngine().queryBindings(query, { sources })).toArray();
for (const row of rows) {
  console.log(JSON.stringify(Object.fromEntries([...row].map(([name, term]) => [name.value, term.value]))));
}
