# withings-postgres as an image: `docker build -t withings-postgres .`
#
#   docker run --rm withings-postgres --help
#   docker run --rm -v withings:/data -e DATABASE_URL=... -e CONSOLE_PASSWORD=... withings-postgres sync
#
# It runs `serve` unless told otherwise and listens on every address of the container, so it asks for
# CONSOLE_PASSWORD. Without DATABASE_URL the embedded PostgreSQL keeps its files in /data.
# The base images can be others, for instance copies you hold: --build-arg BUILD_IMAGE=... --build-arg RUN_IMAGE=...

ARG BUILD_IMAGE=maven:3-eclipse-temurin-25
ARG RUN_IMAGE=eclipse-temurin:25-jre

FROM ${BUILD_IMAGE} AS build
# Not root: the build starts a PostgreSQL to make the table classes, and PostgreSQL refuses to run as root.
RUN useradd --create-home --uid 10002 build && install -d -o build /build
USER build
WORKDIR /build
COPY --chown=build pom.xml ./
COPY --chown=build src/jooq src/jooq
COPY --chown=build src/main src/main
COPY --chown=build db db
COPY --chown=build config config
# The cache keeps Maven's downloads from one build to the next. PostgreSQL for other systems
# stays out of the image.
RUN --mount=type=cache,target=/home/build/.m2,uid=10002 \
    mvn -B -ntp -DskipTests package \
    && rm -f target/lib/embedded-postgres-binaries-*darwin* target/lib/embedded-postgres-binaries-*alpine*

FROM ${RUN_IMAGE}
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin withings \
    && install -d -o withings -m 0700 /data
# What changes least comes first: libraries stay as they are between most releases. All of it belongs to root, so the
# service cannot change its own code.
COPY --from=build --chown=root:root /build/target/lib /opt/withings/target/lib
COPY config/application.properties /opt/withings/config/
COPY withings LICENSE /opt/withings/
COPY --from=build --chown=root:root /build/target/withings.jar /opt/withings/target/
RUN ln -s /opt/withings/withings /usr/local/bin/withings

# Recorded once, so that each command starts in about a third of the time; without it, everything works as well.
RUN su -s /bin/bash withings -c 'java -Dwithings.home=/opt/withings -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
        -XX:+ExitOnOutOfMemoryError \
        --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:AOTCacheOutput=/tmp/withings.aot \
        -jar /opt/withings/target/withings.jar demo --once --users 1 --days 1 --data /tmp/aot-data' >/dev/null 2>&1 || true; \
    if [ -s /tmp/withings.aot ]; then install -m 0644 /tmp/withings.aot /opt/withings/target/withings.aot; fi; \
    rm -rf /tmp/withings.aot* /tmp/aot-data

ENV DATA_DIR=/data \
    HTTP_HOST=0.0.0.0 \
    HTTP_PORT=8080
USER withings
WORKDIR /data
VOLUME /data
EXPOSE 8080
# The same question as the command `healthcheck`, asked by the shell: a JVM every 30 s would cost more than the answer.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/$HTTP_PORT && printf 'GET /observe/health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r answer <&3 && [[ $answer == *' 200 '* ]]"]
ENTRYPOINT ["withings"]
CMD ["serve"]
