/** The gRPC services that tell a node's message types, as descriptors, so that no generated code is needed. */
import { createFileRegistry, type DescMethod, fromJson } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const OPTIONAL = 'LABEL_OPTIONAL';
const REPEATED = 'LABEL_REPEATED';

interface FieldJson {
  readonly [key: string]: string | number;
}

const field = (name: string, number: number, type: string, label = OPTIONAL): FieldJson => ({
  name,
  number,
  type: `TYPE_${type}`,
  label,
});

const message = (name: string, ...fields: readonly FieldJson[]): object => ({ name, field: fields });

/** grpc/reflection/{v1,v1alpha}/reflection.proto: alike but for the package. A request has one of its fields, a response too. */
function serverReflection(version: 'v1' | 'v1alpha'): object {
  const name = `grpc.reflection.${version}`;
  const sub = (fieldName: string, number: number, type: string, label = OPTIONAL): FieldJson => ({
    ...field(fieldName, number, 'MESSAGE', label),
    typeName: `.${name}.${type}`,
  });
  return {
    name: `${name}.proto`,
    package: name,
    syntax: 'proto3',
    messageType: [
      message(
        'ServerReflectionRequest',
        field('file_by_filename', 3, 'STRING'),
        field('file_containing_symbol', 4, 'STRING'),
        field('list_services', 7, 'STRING'),
      ),
      message(
        'ServerReflectionResponse',
        sub('file_descriptor_response', 4, 'FileDescriptorResponse'),
        sub('list_services_response', 6, 'ListServiceResponse'),
        sub('error_response', 7, 'ErrorResponse'),
      ),
      message('FileDescriptorResponse', field('file_descriptor_proto', 1, 'BYTES', REPEATED)),
      message('ListServiceResponse', sub('service', 1, 'ServiceResponse', REPEATED)),
      message('ServiceResponse', field('name', 1, 'STRING')),
      message('ErrorResponse', field('error_code', 1, 'INT32'), field('error_message', 2, 'STRING')),
    ],
    service: [
      {
        name: 'ServerReflection',
        method: [
          {
            name: 'ServerReflectionInfo',
            inputType: `.${name}.ServerReflectionRequest`,
            outputType: `.${name}.ServerReflectionResponse`,
            clientStreaming: true,
            serverStreaming: true,
          },
        ],
      },
    ],
  };
}

/** cosmos/base/reflection/v1beta1/reflection.proto of cosmos-sdk 0.44 to 0.53. */
const COSMOS = 'cosmos.base.reflection.v1beta1';
const cosmosReflection = {
  name: `${COSMOS}.proto`,
  package: COSMOS,
  syntax: 'proto3',
  messageType: [
    message('ListAllInterfacesRequest'),
    message('ListAllInterfacesResponse', field('interface_names', 1, 'STRING', REPEATED)),
    message('ListImplementationsRequest', field('interface_name', 1, 'STRING')),
    message('ListImplementationsResponse', field('implementation_message_names', 1, 'STRING', REPEATED)),
  ],
  service: [
    {
      name: 'ReflectionService',
      method: ['ListAllInterfaces', 'ListImplementations'].map((name) => ({
        name,
        inputType: `.${COSMOS}.${name}Request`,
        outputType: `.${COSMOS}.${name}Response`,
      })),
    },
  ],
};

const registry = createFileRegistry(
  fromJson(FileDescriptorSetSchema, {
    file: JSON.parse(JSON.stringify([serverReflection('v1'), serverReflection('v1alpha'), cosmosReflection])),
  }),
);

function methodOf(service: string, name: string): DescMethod {
  const method = registry.getService(service)?.methods.find((each) => each.name === name);
  if (method === undefined) throw new TypeError(`${service} has no method ${name}`);
  return method;
}

/** Both versions of gRPC's own reflection, the one that SDK 0.44 to 0.53 serve last. */
export const serverReflectionInfo: readonly DescMethod[] = ['v1', 'v1alpha'].map((version) =>
  methodOf(`grpc.reflection.${version}.ServerReflection`, 'ServerReflectionInfo'),
);
export const listAllInterfaces = methodOf(`${COSMOS}.ReflectionService`, 'ListAllInterfaces');
export const listImplementations = methodOf(`${COSMOS}.ReflectionService`, 'ListImplementations');
