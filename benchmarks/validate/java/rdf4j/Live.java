import java.io.File;
import java.util.ArrayList;
import java.util.Collections;
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

/**
 * RDF4J's ShaclSail: a value of a story goes and comes back, each in a transaction that is validated. What the shapes do
 * not allow to go is refused after it was validated: that counts, but nothing has to come back then.
 * Arguments: the shapes, the number of changes, files of data.
 */
public class Live {
    public static void main(String[] args) throws Exception {
        SailRepository repository = new SailRepository(new ShaclSail(new MemoryStore()));
        try (SailRepositoryConnection connection = repository.getConnection()) {
            connection.begin(IsolationLevels.NONE, ValidationApproach.Disabled);
            for (int at = 2; at < args.length; at++) connection.add(new File(args[at]), RDFFormat.NTRIPLES);
            connection.add(new File(args[0]), RDFFormat.NTRIPLES, RDF4J.SHACL_SHAPE_GRAPH);
            connection.commit();
            List<Statement> stories = new ArrayList<>();
            IRI story = repository.getValueFactory().createIRI("https://w3id.org/sankofa/ontology#Story");
            connection.getStatements(null, RDF.TYPE, story, false).stream().limit(2000).forEach(stories::add);
            Random random = new Random(1);
            int count = Integer.parseInt(args[1]);
            List<Double> milliseconds = new ArrayList<>();
            int refused = 0;
            for (int at = 0; at < count; at++) {
                Statement one = stories.get(random.nextInt(stories.size()));
                List<Statement> said = connection.getStatements(one.getSubject(), null, null, false).stream().toList();
                Statement value = said.get(random.nextInt(said.size()));
                boolean gone = change(connection, value, false, milliseconds);
                if (gone) change(connection, value, true, milliseconds); else refused++;
            }
            Collections.sort(milliseconds);
            int last = milliseconds.size();
            System.out.printf("%.2f %.2f %d%n", milliseconds.get(last / 2), milliseconds.get((int) (last * 0.99)), refused);
        }
        repository.shutDown();
    }

    private static boolean change(
            SailRepositoryConnection connection, Statement value, boolean back, List<Double> milliseconds) {
        boolean taken = true;
        long start = System.nanoTime();
        connection.begin();
        if (back) connection.add(value); else connection.remove(value);
        try {
            connection.commit();
        } catch (RepositoryException error) {
            taken = false;
        }
        milliseconds.add((System.nanoTime() - start) / 1e6);
        if (connection.isActive()) connection.rollback();
        return taken;
    }
}
