package io.withingspg.command;

import io.withingspg.config.Settings;
import io.withingspg.resource.Resources;
import io.withingspg.store.Database;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** How commands come to their settings, and to what the settings describe. */
final class Configured implements IFactory {
    private final Map<String, String> environment;

    Configured(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    Settings settings() {
        return Settings.read(environment, Resources.names());
    }

    /** The database alone, its schema up to date. */
    static Database database(Settings settings) {
        var database = Database.open(settings.database());
        try {
            database.migrate();
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** With the folder of an embedded database, which is another one where somebody stands elsewhere. */
    static String nobody(Settings settings) {
        var database = settings.database();
        return "Nobody is enrolled yet"
                + (database.url() == null
                        ? " in " + database.dataDir().toAbsolutePath().normalize()
                        : "")
                + ": withings enrol";
    }

    /** Commands that need settings say so in their constructor. */
    @Override
    public <K> K create(Class<K> type) throws Exception {
        for (var constructor : type.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == Configured.class) {
                return type.cast(constructor.newInstance(this));
            }
        }
        return CommandLine.defaultFactory().create(type);
    }
}
