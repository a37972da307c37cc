import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdfconnection.RDFConnection;
import org.apache.jena.rdfconnection.RDFConnectionRemote;

/** What Jena's own client gets of an endpoint: rows, true or false, triples, and a whole graph. */
class Client {
    public static void main(String[] given) {
        try (RDFConnection server =
                RDFConnectionRemote.create()
                        .destination(given[0])
                        .queryEndpoint("sparql")
                        .gspEndpoint("graphs")
                        .build()) {
            String city = "?city a <https://w3id.org/sankofa/ontology#City>";
            server.querySelect(
                    "SELECT ?city { " + city + " } ORDER BY ?city",
                    row -> System.out.println("row " + row.getResource("city").getURI()));
            System.out.println("ask " + server.queryAsk("ASK { " + city + " }"));
            Model made = server.queryConstruct("CONSTRUCT { " + city + " } WHERE { " + city + " }");
            System.out.println("construct " + made.size());
            System.out.println("graph " + server.fetch(given[1]).size());
        }
    }
}
