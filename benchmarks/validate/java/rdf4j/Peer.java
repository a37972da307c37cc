import java.io.File;
import org.eclipse.rdf4j.model.vocabulary.RDF4J;
import org.eclipse.rdf4j.repository.sail.SailRepository;
import org.eclipse.rdf4j.repository.sail.SailRepositoryConnection;
import org.eclipse.rdf4j.rio.RDFFormat;
import org.eclipse.rdf4j.sail.memory.MemoryStore;
import org.eclipse.rdf4j.sail.shacl.ShaclValidator;

/** RDF4J judges one file by another, and says how long reading and judging took. */
public class Peer {
    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        SailRepository data = new SailRepository(new MemoryStore());
        try (SailRepositoryConnection connection = data.getConnection()) {
            connection.add(new File(args[0]), RDFFormat.NTRIPLES);
        }
        SailRepository shapes = new SailRepository(new MemoryStore());
        try (SailRepositoryConnection connection = shapes.getConnection()) {
            connection.add(new File(args[1]), RDFFormat.TURTLE, RDF4J.SHACL_SHAPE_GRAPH);
        }
        long read = System.nanoTime();
        int results = ShaclValidator.validate(data.getSail(), shapes.getSail()).getValidationResult().size();
        System.out.printf("%.3f %.3f %d%n", (read - start) / 1e9, (System.nanoTime() - read) / 1e9, results);
    }
}
