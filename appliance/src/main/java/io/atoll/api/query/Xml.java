package io.atoll.api.query;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes XML of elements and texts alone. */
final class Xml {
  private static final XMLOutputFactory FACTORY = XMLOutputFactory.newInstance();

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final XMLStreamWriter writer;

  private Xml() throws XMLStreamException {
    writer = FACTORY.createXMLStreamWriter(bytes, StandardCharsets.UTF_8.name());
  }

  /**
   * A document.
   *
   * @param namespace of its root, or null for none
   */
  static byte[] document(String root, String namespace, Content content) {
    try {
      Xml xml = new Xml();
      xml.writer.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
      xml.writer.writeStartElement(root);
      if (namespace != null) {
        xml.writer.writeDefaultNamespace(namespace);
      }
      content.writeTo(xml);
      xml.writer.writeEndElement();
      xml.writer.writeEndDocument();
      xml.writer.flush();
      return xml.bytes.toByteArray();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("XML in memory", e);
    }
  }

  /** An element that holds others. */
  Xml element(String name, Content content) throws XMLStreamException {
    writer.writeStartElement(name);
    content.writeTo(this);
    writer.writeEndElement();
    return this;
  }

  /** An element that holds a text. */
  Xml text(String name, String value) throws XMLStreamException {
    writer.writeStartElement(name);
    writer.writeCharacters(value);
    writer.writeEndElement();
    return this;
  }

  /** What an element holds. */
  @FunctionalInterface
  interface Content {
    void writeTo(Xml xml) throws XMLStreamException;
  }
}
