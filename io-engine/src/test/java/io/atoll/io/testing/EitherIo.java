package io.atoll.io.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * What is so marked uses real disks or sockets by {@link IoUnderTest}, and holds on the ring and on
 * NIO: the full profile runs it on both. {@link EitherIoRule} finds what is not marked.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Tag("either-io")
public @interface EitherIo {}
