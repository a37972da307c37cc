import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.eclipse.rdf4j.common.transaction.IsolationLevels;
import org.eclipse.rdf4j.model.IRI;
import org.eclipse.rdf4j.model.Statement;
import org.eclipse.rdf4j.model.vocabulary.RDF;
import org.eclipse.rdf4j.model.vocabulary.RDF4J;
import org.eclipse.rdf4j.repository.RepositoryException;
import org.eclipse.rdf4j.repository.sail.SailRepository;
import org.eclipse.rdf4j.repository.sail.SailRepositoryConnection;
import org.eclipse.rdf4j.rio.RDFFormat;
import org.eclipse.rdf4j.sail.memory.MemoryStore;
import org.eclipse.rdf4j.sail.shacl.ShaclSail;
import org.eclipse.rdf4j.sail.shacl.ShaclSail.TransactionSettings.ValidationApproach;

/** RDF4J's ShaclSail: a value of a story goes and comes back, each in a transaction that is validated. */
public class Live {
    public static void main(String[] args) throws Exception {
        SailRepository repository = new SailRepository(new ShaclSail(new MemoryStore()));
        try (SailRepositoryConnection connection = repository.getConnection()) {
            connection.begin(IsolationLevels.NONE, ValidationApproach.Disabled);
            connection.add(new File(args[0]), RDFFormat.NTRIPLES);
            connection.add(new File(args[1]), RDFFormat.TURTLE, RDF4J.SHACL_SHAPE_GRAPH);
            connection.commit();
            List<Statement> stories = new ArrayList<>();
            IRI story = repository.getValueFactory().createIRI("https://w3id.org/sankofa/ontology#Story");
            connection.getStatements(null, RDF.TYPE, story, false).stream().limit(2000).forEach(stories::add);
            Random random = new Random(1);
            int count = Integer.parseInt(args[2]);
            double[] milliseconds = new double[2 * count];
            int refused = 0;
            for (int at = 0; at < count; at++) {
                Statement one = stories.get(random.nextInt(stories.size()));
                List<Statement> said = connection.getStatements(one.getSubject(), null, null, false).stream().toList();
                Statement value = said.get(random.nextInt(said.size()));
                for (int step = 0; step < 2; step++) {
                    long start = System.nanoTime();
                    connection.begin();
                    if (step == 0) connection.remove(value); else connection.add(value);
                    try {
                        connection.commit();
                    } catch (RepositoryException error) {
                        refused++;
                        if (connection.isActive()) connection.rollback();
                    }
                    milliseconds[2 * at + step] = (System.nanoTime() - start) / 1e6;
                }
            }
            Arrays.sort(milliseconds);
            System.out.printf("%.2f %.2f %d%n", milliseconds[count], milliseconds[(int) (2 * count * 0.99)], refused);
        }
        repository.shutDown();
    }
}
