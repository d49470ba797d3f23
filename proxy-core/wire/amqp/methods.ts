/** Methods of AMQP 0-9-1 with their arguments (https://www.rabbitmq.com/resources/specs/amqp0-9-1.extended.xml), as data. */

export type ArgumentKind = 'octet' | 'short' | 'long' | 'longlong' | 'shortstr' | 'longstr' | 'table' | 'bits' | 'reserved';

export interface Argument {
  /** Of bits, their names with commas between. */
  name: string;
  kind: ArgumentKind;
}

export interface Method {
  /** As the list shows it: `QueueDeclare`. */
  name: string;
  arguments: readonly Argument[];
  /** Who sends it. */
  by: 'client' | 'server' | 'both';
  /** A message follows. */
  content: boolean;
}

/** Class and method as one number. */
export function methodId(classId: number, method: number): number {
  return classId * 65_536 + method;
}

const methods = new Map<number, Method>();

/** One class: its number, its name, and lines `number name by arguments`. An argument is `kind:name`; `+` marks content. */
function define(classId: number, className: string, lines: string): void {
  for (const line of lines.trim().split('\n')) {
    const [number = '', name = '', by = '', ...rest] = line.trim().split(/\s+/);
    methods.set(methodId(classId, Number(number)), {
      name: className + name,
      by: by === 'c' ? 'client' : by === 's' ? 'server' : 'both',
      content: rest.includes('+'),
      arguments: rest
        .filter((part) => part !== '+')
        .map((part) => {
          const [kind = '', argument = ''] = part.split(':');
          return { kind: kind as ArgumentKind, name: argument };
        }),
    });
  }
}

define(
  10,
  'Connection',
  `10 Start s octet:major octet:minor table:server longstr:mechanisms longstr:locales
   11 StartOk c table:client shortstr:mechanism longstr:response shortstr:locale
   20 Secure s longstr:challenge
   21 SecureOk c longstr:response
   30 Tune s short:channels long:frame short:heartbeat
   31 TuneOk c short:channels long:frame short:heartbeat
   40 Open c shortstr:vhost
   41 OpenOk s
   50 Close both short:code shortstr:text short:class short:method
   51 CloseOk both
   60 Blocked s shortstr:reason
   61 Unblocked s
   70 UpdateSecret c longstr:secret shortstr:reason
   71 UpdateSecretOk s`,
);
define(
  20,
  'Channel',
  `10 Open c
   11 OpenOk s
   20 Flow both bits:active
   21 FlowOk both bits:active
   40 Close both short:code shortstr:text short:class short:method
   41 CloseOk both`,
);
define(30, 'Access', '10 Request c shortstr:realm bits:exclusive,passive,active,write,read\n11 RequestOk s short:ticket');
define(
  40,
  'Exchange',
  `10 Declare c reserved: shortstr:exchange shortstr:type bits:passive,durable,auto-delete,internal,no-wait table:arguments
   11 DeclareOk s
   20 Delete c reserved: shortstr:exchange bits:if-unused,no-wait
   21 DeleteOk s
   30 Bind c reserved: shortstr:destination shortstr:exchange shortstr:routing-key bits:no-wait table:arguments
   31 BindOk s
   40 Unbind c reserved: shortstr:destination shortstr:exchange shortstr:routing-key bits:no-wait table:arguments
   51 UnbindOk s`,
);
define(
  50,
  'Queue',
  `10 Declare c reserved: shortstr:queue bits:passive,durable,exclusive,auto-delete,no-wait table:arguments
   11 DeclareOk s shortstr:queue long:messages long:consumers
   20 Bind c reserved: shortstr:queue shortstr:exchange shortstr:routing-key bits:no-wait table:arguments
   21 BindOk s
   30 Purge c reserved: shortstr:queue bits:no-wait
   31 PurgeOk s long:messages
   40 Delete c reserved: shortstr:queue bits:if-unused,if-empty,no-wait
   41 DeleteOk s long:messages
   50 Unbind c reserved: shortstr:queue shortstr:exchange shortstr:routing-key table:arguments
   51 UnbindOk s`,
);
define(
  60,
  '',
  `10 Qos c long:size short:count bits:global
   11 QosOk s
   20 Consume c reserved: shortstr:queue shortstr:consumer bits:no-local,no-ack,exclusive,no-wait table:arguments
   21 ConsumeOk s shortstr:consumer
   30 Cancel both shortstr:consumer bits:no-wait
   31 CancelOk both shortstr:consumer
   40 Publish c reserved: shortstr:exchange shortstr:routing-key bits:mandatory,immediate +
   50 Return s short:code shortstr:text shortstr:exchange shortstr:routing-key +
   60 Deliver s shortstr:consumer longlong:delivery bits:redelivered shortstr:exchange shortstr:routing-key +
   70 Get c reserved: shortstr:queue bits:no-ack
   71 GetOk s longlong:delivery bits:redelivered shortstr:exchange shortstr:routing-key long:messages +
   72 GetEmpty s
   80 Ack both longlong:delivery bits:multiple
   90 Reject c longlong:delivery bits:requeue
   100 RecoverAsync c bits:requeue
   110 Recover c bits:requeue
   111 RecoverOk s
   120 Nack both longlong:delivery bits:multiple,requeue`,
);
define(85, 'Confirm', '10 Select c bits:no-wait\n11 SelectOk s');
define(90, 'Tx', '10 Select c\n11 SelectOk s\n20 Commit c\n21 CommitOk s\n30 Rollback c\n31 RollbackOk s');

export function methodOf(id: number): Method | undefined {
  return methods.get(id);
}
