import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.jooq.codegen.GenerationTool;
import org.jooq.meta.jaxb.Configuration;
import org.jooq.meta.jaxb.Database;
import org.jooq.meta.jaxb.ForcedType;
import org.jooq.meta.jaxb.Generate;
import org.jooq.meta.jaxb.Generator;
import org.jooq.meta.jaxb.SchemaMappingType;
import org.jooq.meta.jaxb.Target;

/**
 * Writes jOOQ's classes for the tables the migrations make. Run by the build as a source file, with the migrations'
 * folder and the folder to write to; does nothing when neither a migration nor this file changed since the last time.
 */
final class GenerateTables {
    public static void main(String[] args) throws Exception {
        var migrations = Path.of(args[0]);
        var target = Path.of(args[1]);
        var stamp = target.resolve("migrations.sha256");
        var digest = digest(migrations);
        if (Files.exists(stamp) && Files.readString(stamp).equals(digest)) {
            return;
        }
        try (var postgres = EmbeddedPostgres.builder()
                .setLocaleConfig("locale", "C")
                .setLocaleConfig("encoding", "UTF8")
                .start()) {
            Flyway.configure()
                    .dataSource(postgres.getPostgresDatabase())
                    .locations("filesystem:" + migrations)
                    .defaultSchema("sync")
                    .load()
                    .migrate();
            GenerationTool.generate(new Configuration()
                    .withJdbc(new org.jooq.meta.jaxb.Jdbc()
                            .withUrl(postgres.getJdbcUrl("postgres", "postgres"))
                            .withUser("postgres"))
                    .withGenerator(new Generator()
                            .withDatabase(new Database()
                                    .withName("org.jooq.meta.postgres.PostgresDatabase")
                                    .withExcludes("flyway_schema_history")
                                    .withIncludeRoutines(false)
                                    .withForcedTypes(new ForcedType()
                                            .withName("INSTANT")
                                            .withIncludeTypes("(?i:timestamp with time zone|timestamptz)"))
                                    .withSchemata(
                                            new SchemaMappingType().withInputSchema("withings"),
                                            new SchemaMappingType().withInputSchema("sync"),
                                            new SchemaMappingType().withInputSchema("analytics")))
                            .withGenerate(new Generate()
                                    .withFluentSetters(true)
                                    .withGlobalCatalogReferences(false)
                                    .withGeneratedAnnotation(true)
                                    .withComments(false))
                            .withTarget(new Target()
                                    .withPackageName("io.withingspg.schema")
                                    .withDirectory(target.toString()))));
        }
        makePlain(target.resolve("io/withingspg/schema/withings"));
        Files.writeString(stamp, digest);
    }

    /**
     * Records that could store themselves look each column up in their key for each value they are given, by name: as long as
     * all else that becomes of a value. Those of people's data never store themselves.
     */
    private static void makePlain(Path folder) throws Exception {
        List<Path> records;
        try (var files = Files.walk(folder)) {
            records = files.filter(file -> file.toString().endsWith("Record.java"))
                    .toList();
        }
        for (var record : records) {
            Files.writeString(
                    record,
                    Files.readString(record)
                            .replace("UpdatableRecordImpl", "TableRecordImpl")
                            .replaceFirst(
                                    "(?s)    // -+\n    // Primary key information\n.*?(?=    // -+\n    // Constructors)",
                                    ""));
        }
    }

    private static String digest(Path migrations) throws Exception {
        var sha = MessageDigest.getInstance("SHA-256");
        List<Path> files;
        try (var listed = Files.list(migrations)) {
            files = listed.sorted().toList();
        }
        for (var file : files) {
            sha.update(file.getFileName().toString().getBytes());
            sha.update(Files.readAllBytes(file));
        }
        sha.update(Files.readAllBytes(migrations.resolve("../../src/jooq/GenerateTables.java")));
        return HexFormat.of().formatHex(sha.digest());
    }
}
