/** What nvidia-smi prints, by driver. UUIDs are made up. */

const A = 'GPU-e4252fcb-8ed4-ef11-71cd-d36a23871c75';
const B = 'GPU-358353dd-5933-1dc6-ac0d-e1189b063e4c';
export const uuids = { A, B };

/** 550, one card. Since 510 what the driver reserves is neither used nor free. */
export const h100 = `0, ${A}, NVIDIA H100 80GB HBM3, 81559, 1204, 79876, Disabled\n`;

/** 535, two kinds of cards in a workstation: they know no MIG mode. */
export const mixed = `0, ${A}, NVIDIA GeForce RTX 4080 SUPER, 16376, 512, 15463, [N/A]
1, ${B}, NVIDIA GeForce RTX 3090, 24576, 13, 24249, [N/A]
`;

/** 560, two of a kind. */
export const twins = `0, ${A}, NVIDIA A40, 46068, 1, 45467, [N/A]\r\n1, ${B}, NVIDIA A40, 46068, 20000, 25468, [N/A]\r\n`;

/** Memory that the card shares with the processor. */
export const shared = `0, ${A}, NVIDIA GB10, [N/A], [N/A], [N/A], [N/A]\n`;

/** 535, a slice of an A100 in a container: the whole card is none of its business. */
export const sliced = `0, ${A}, NVIDIA A100-SXM4-80GB, [Insufficient Permissions], [Insufficient Permissions], [Insufficient Permissions], Enabled\n`;

export const none = 'No devices were found\n';

export const mismatch = `Failed to initialize NVML: Driver/library version mismatch
NVML library version: 535.183
`;

export const noDriver = `NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.

`;

/** A program of its own on each card, and one that uses both. */
export const processes = `${A}, 4242, 1187
${A}, 4300, 900
${B}, 4300, 17
`;

/** Under WSL. */
export const processesWithoutMemory = `${A}, 4242, [N/A]\n`;

export const sliceList = `GPU 0: NVIDIA A100-SXM4-80GB (UUID: ${A})
  MIG 3g.40gb     Device  0: (UUID: MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f)
  MIG 1g.10gb     Device  1: (UUID: MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb)
`;

export const sliceXml = `<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
	<driver_version>535.161.08</driver_version>
	<attached_gpus>1</attached_gpus>
	<gpu id="00000000:07:00.0">
		<product_name>NVIDIA A100-SXM4-80GB</product_name>
		<mig_mode>
			<current_mig>Enabled</current_mig>
			<pending_mig>Enabled</pending_mig>
		</mig_mode>
		<mig_devices>
			<mig_device>
				<index>0</index>
				<gpu_instance_id>1</gpu_instance_id>
				<compute_instance_id>0</compute_instance_id>
				<fb_memory_usage>
					<total>40192 MiB</total>
					<reserved>0 MiB</reserved>
					<used>37 MiB</used>
					<free>40154 MiB</free>
				</fb_memory_usage>
				<bar1_memory_usage>
					<total>65535 MiB</total>
					<used>1 MiB</used>
					<free>65534 MiB</free>
				</bar1_memory_usage>
			</mig_device>
			<mig_device>
				<index>1</index>
				<fb_memory_usage>
					<total>9728 MiB</total>
					<reserved>0 MiB</reserved>
					<used>1200 MiB</used>
					<free>8528 MiB</free>
				</fb_memory_usage>
			</mig_device>
		</mig_devices>
		<uuid>${A}</uuid>
		<fb_memory_usage>
			<total>Insufficient Permissions</total>
			<used>Insufficient Permissions</used>
			<free>Insufficient Permissions</free>
		</fb_memory_usage>
	</gpu>
</nvidia_smi_log>
`;
